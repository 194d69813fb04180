//! What every organisation has from the start: itself, its users, the support queue and the case statuses.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{AGENT, ORGANISATION, QUEUE, Salesforce, USER};
use crate::demo;
use crate::salesforce::id;
use crate::salesforce::schema::intern;
use crate::salesforce::write::moment;

impl Salesforce {
    pub(super) fn found(&mut self) {
        let organisation =
            json!({ "Name": "Sandbox", "IsSandbox": true, "OrganizationType": "Developer Edition" });
        self.keep("Organization", ORGANISATION, organisation);
        let user = |username: &str, first: &str, last: &str, alias: &str| {
            json!({
                "Username": username, "FirstName": first, "LastName": last, "Name": format!("{first} {last}"),
                "Email": username, "Alias": alias, "IsActive": true, "UserType": "Standard",
                "TimeZoneSidKey": "GMT",
            })
        };
        self.keep("User", USER, user(demo::SF_USERNAME, "Portal", "Integration", "portal"));
        self.keep("User", AGENT, user("agnes@sandbox.example", "Agnes", "Agent", "agnes"));
        let queue = json!({ "Name": "Support", "DeveloperName": "Support", "Type": "Queue" });
        self.keep("Group", QUEUE, queue);
        self.list_statuses();
        self.settle();
    }

    /// A record of the organisation itself, stamped with the epoch.
    fn keep(&mut self, object: &str, fifteen: &str, values: Value) {
        let (Some(object), Value::Object(values)) = (self.object(object), values) else { return };
        let mut fields: BTreeMap<&'static str, Value> =
            values.into_iter().map(|(name, value)| (intern(&name), value)).collect();
        fields.insert("IsDeleted", json!(false));
        for stamp in ["CreatedDate", "LastModifiedDate", "SystemModstamp"] {
            fields.insert(stamp, moment(DateTime::<Utc>::UNIX_EPOCH));
        }
        for author in ["CreatedById", "LastModifiedById"] {
            fields.insert(author, json!(id::with_checksum(USER)));
        }
        self.insert_as(&object, &id::with_checksum(fifteen), fields);
    }

    /// Makes the `CaseStatus` records follow the picklist of `Case.Status`.
    pub fn list_statuses(&mut self) {
        let Some(object) = self.object("CaseStatus") else { return };
        let old: Vec<String> = self.all(&object).map(|record| record.id.clone()).collect();
        for id in old {
            self.records.remove(&id);
        }
        let case = self.object("Case");
        let choices =
            case.as_ref().and_then(|case| case.field("Status")).map(|field| field.choices.as_slice());
        for (number, choice) in choices.unwrap_or_default().iter().enumerate() {
            let fields = json!({
                "ApiName": choice.value,
                "MasterLabel": choice.label.as_ref().unwrap_or(&choice.value),
                "IsClosed": choice.closed,
                "IsDefault": choice.default,
                "SortOrder": number + 1,
            });
            self.keep("CaseStatus", &format!("01JSB{:010}", number + 1), fields);
        }
        self.settle();
    }
}
