//! The schemas of what the program reads and writes.

use crate::cli::Schema;
use crate::config::account_schema;

/// The schema of `what` as it stands in docs/schema.
pub(super) fn text(what: Schema) -> String {
    let written = match what {
        Schema::Account => return format!("{:#}\n", account_schema()),
        Schema::Policy => include_str!("../../../docs/schema/policy.schema.json"),
        Schema::Report => include_str!("../../../docs/schema/report.schema.json"),
        Schema::Providers => include_str!("../../../docs/schema/providers.schema.json"),
        Schema::History => include_str!("../../../docs/schema/history.schema.json"),
        Schema::Explain => include_str!("../../../docs/schema/explain.schema.json"),
        Schema::Status => include_str!("../../../docs/schema/status.schema.json"),
        Schema::Plan => include_str!("../../../docs/schema/plan.schema.json"),
    };
    written.to_owned()
}
