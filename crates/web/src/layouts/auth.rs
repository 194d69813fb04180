//! Around sign-in and sign-up.

use super::brand::Brand;
use crate::{components::ui::ThemeSwitch, prelude::*, theme::ThemeChoice};

/// A card in the middle, the brand above, the theme below.
#[component]
pub fn AuthLayout(page: ViewFn) -> impl IntoView {
    let theme = expect_context::<ThemeChoice>();
    view! {
        <div class="flex min-h-dvh flex-col items-center px-4 pt-[9vh] pb-8">
            <header class="mb-8">
                <Brand />
            </header>
            <main class="w-full max-w-[27rem] grow">
                {move || page.run()}
            </main>
            <footer class="mt-10">
                <ThemeSwitch choice=theme group="theme" />
            </footer>
        </div>
    }
}
