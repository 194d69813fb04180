//! What happened on the account, newest first.

use leptos::task::spawn_local;
use shared_types::{ids::ActivityId, security::ActivityView, wire::moment_text};

use super::tabs::AccountTabs;
use crate::{
    components::ui::{
        Bone, Button, ButtonLink, EmptyState, ErrorState, Icon, LoadingText, PageHeading, Sign,
    },
    i18n::{Message, en::activity as text, format, message_of},
    prelude::*,
    queries::{
        QueryClient,
        security::{ACTIVITY_CSV, activity},
    },
};

/// The lines so far, and what is known of the rest.
#[derive(Clone, Copy)]
struct Lines {
    rows: RwSignal<Vec<ActivityView>>,
    next: RwSignal<Option<ActivityId>>,
    begun: RwSignal<bool>,
    busy: RwSignal<bool>,
    trouble: RwSignal<Option<Message>>,
}

impl Lines {
    fn new() -> Self {
        Self {
            rows: RwSignal::new(Vec::new()),
            next: RwSignal::new(None),
            begun: RwSignal::new(false),
            busy: RwSignal::new(false),
            trouble: RwSignal::new(None),
        }
    }

    fn more(self, client: QueryClient) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.trouble.set(None);
        let before = self.next.get_untracked();
        spawn_local(async move {
            let answer = activity(client, before).await;
            // Whoever left the page meanwhile needs no answer.
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(part) => {
                    self.rows.update(|rows| rows.extend(part.data));
                    self.next.set(part.next);
                    self.begun.set(true);
                }
                Err(error) => self.trouble.set(Some(message_of(&error))),
            }
        });
    }
}

/// The list, and a file of it to keep.
#[component]
pub fn Activity() -> impl IntoView {
    let client = expect_context::<QueryClient>();
    let lines = Lines::new();
    lines.more(client);
    let more = Callback::new(move |()| lines.more(client));
    view! {
        <PageHeading title=text::TITLE lead=Some(text::LEAD.to_owned())>
            <ButtonLink href=ACTIVITY_CSV.to_owned() sign=Sign::Download>
                {text::DOWNLOAD}
            </ButtonLink>
        </PageHeading>
        <AccountTabs />
        <div class="card mt-6 px-5 sm:px-6">
            {move || match (lines.begun.get(), lines.trouble.get()) {
                (false, Some(message)) => view! { <ErrorState message=message on_retry=more busy=lines.busy /> }.into_any(),
                (false, None) => {
                    view! {
                        <LoadingText />
                        <Bone class="my-5 h-12" />
                        <Bone class="my-5 h-12" />
                        <Bone class="my-5 h-12" />
                    }
                        .into_any()
                }
                (true, _) => view! { <Rows lines=lines on_more=more /> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn Rows(lines: Lines, on_more: Callback<()>) -> impl IntoView {
    view! {
        {move || {
            lines
                .rows
                .with(Vec::is_empty)
                .then(|| view! { <EmptyState sign=Sign::Clock title=text::EMPTY detail=text::EMPTY_LEAD /> })
        }}
        <ul class="divide-y divide-line">
            {move || lines.rows.get().into_iter().map(row).collect_view()}
        </ul>
        {move || lines.trouble.get().map(|message| view! { <ErrorState message=message on_retry=on_more busy=lines.busy /> })}
        {move || {
            lines
                .next
                .get()
                .map(|_| {
                    view! {
                        <div class="py-5 text-center">
                            <Button busy=lines.busy on_press=on_more>
                                {text::MORE}
                            </Button>
                        </div>
                    }
                })
        }}
    }
}

fn row(line: ActivityView) -> AnyView {
    let refused = line.outcome != "ok" && line.outcome != "asked";
    let sign = if refused { Sign::Alert } else { Sign::Check };
    let place = text::place(line.device.as_deref(), line.network.as_deref());
    view! {
        <li class="flex items-start gap-3 py-3.5">
            <span class="mt-0.5" class:text-warn-ink=refused class:text-faint=!refused>
                <Icon sign=sign />
            </span>
            <div class="min-w-0 grow">
                <p class="font-medium">{text::event(&line.event, &line.outcome)}</p>
                <p class="text-sm text-soft">{place}</p>
            </div>
            <time class="figures text-sm whitespace-nowrap text-faint" datetime=moment_text(line.at)>
                {format::moment(line.at)}
            </time>
        </li>
    }
    .into_any()
}
