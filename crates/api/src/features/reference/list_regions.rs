//! `GET /api/reference/regions`

use actix_web::{HttpResponse, get, http::header};
use serde::Deserialize;
use shared_types::{page::DataView, problem::FieldCode, validate};
use utoipa::IntoParams;

use crate::{
    domain::regions,
    error::ApiResult,
    http::{
        headers::PUBLIC_FOR_AN_HOUR,
        query::{Query, ValidQuery},
    },
    openapi::PublicReadProblems,
};

/// Of which country.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RegionsQuery {
    /// ISO 3166-1 alpha-2 code.
    #[param(pattern = "^[A-Z]{2}$", example = "US")]
    country: String,
}

impl Query for RegionsQuery {
    fn wrong(&self) -> Vec<(&'static str, FieldCode)> {
        if validate::country(&self.country).is_ok() { vec![] } else { vec![("country", FieldCode::Choice)] }
    }
}

/// The states or regions of a country, one of which a billing address there must name; empty where the region is a free text.
#[utoipa::path(
    operation_id = "list_regions",
    tag = "reference",
    params(RegionsQuery),
    responses(
        (status = 200, description = "The names, in the order in which to show them", body = DataView<Vec<String>>),
        (status = 400, description = "`request.malformed`", body = shared_types::problem::Problem, content_type = "application/problem+json"),
        PublicReadProblems
    )
)]
#[get("/reference/regions")]
pub async fn list_regions(query: ValidQuery<RegionsQuery>) -> ApiResult<HttpResponse> {
    let data = regions::regions(&query.0.country);
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, PUBLIC_FOR_AN_HOUR)).json(DataView { data }))
}
