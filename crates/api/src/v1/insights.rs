//! Insights. A GET that stores nothing.

use std::sync::Arc;

use axum::{Json, extract::State, http::HeaderMap};
use eps_domain::insights::{InsightQuery, InsightReply, Severity};

use crate::{
    app::App,
    degraded::mark_degraded,
    error::{Problem, ProblemBody, Result},
    extract::{Authorized, InsightsRead, Params},
};

/// What is unusual, before anyone asks.
#[utoipa::path(get, path = "/api/v1/proactive-insights", tag = "insights", security(("bearer" = ["insights:read"])),
    params(
        ("time_range" = Option<String>, Query, description = "`1h`, `24h`, `7d`, `30d` or an ISO 8601 interval"),
        ("severity_threshold" = Option<Severity>, Query, description = "The least severity shown"),
        ("include_predictions" = Option<bool>, Query, description = "Whether to say what the coming hours usually bring"),
        ("timezone" = Option<String>, Query, description = "IANA zone for hours of the week"),
    ),
    responses(
        (status = 200, body = InsightReply),
        (status = "default", description = "Any error", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Authorized<InsightsRead>,
    params: Params,
) -> Result<(HeaderMap, Json<InsightReply>)> {
    let params = params.only(&["time_range", "severity_threshold", "include_predictions", "timezone"])?;
    let query = InsightQuery {
        time_range: params.text("time_range").map(str::to_owned),
        severity_threshold: params.text("severity_threshold").map(severity).transpose()?,
        include_predictions: params.flag("include_predictions")?.unwrap_or(false),
        timezone: params.text("timezone").map(str::to_owned),
    };
    let reply = app.insights.list(&caller, &query).await?;
    let mut headers = HeaderMap::new();
    mark_degraded(&mut headers, &reply.degraded);
    Ok((headers, Json(reply)))
}

fn severity(word: &str) -> Result<Severity> {
    Ok(match word {
        "low" => Severity::Low,
        "medium" => Severity::Medium,
        "high" => Severity::High,
        "critical" => Severity::Critical,
        _ => {
            let detail = "`severity_threshold` must be low, medium, high or critical";
            return Err(Problem::invalid("severity_threshold", detail));
        }
    })
}
