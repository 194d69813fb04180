//! `POST /composite/graph`: several composite requests, each all or none.

use serde::Deserialize;

use super::composite::{SubRequest, check, perform};
use super::data_answer;
use super::error::RestError;
use super::rest::RestCall;
use super::wire::Out;
use crate::answer::Answer;
use crate::world::World;

/// Calls of all graphs together.
const MAX_CALLS: usize = 500;

#[derive(Deserialize)]
struct Request {
    graphs: Vec<Graph>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Graph {
    graph_id: String,
    #[serde(rename = "compositeRequest")]
    calls: Vec<SubRequest>,
}

pub fn run(world: &mut World, call: &RestCall, _: &[&str]) -> Result<Answer, RestError> {
    let request: Request = serde_json::from_value(call.body()?.clone()).map_err(|_| RestError::bad_json())?;
    for graph in &request.graphs {
        check(call, &graph.calls, MAX_CALLS)?;
    }
    let graphs: Out = request
        .graphs
        .iter()
        .map(|graph| {
            let order: Vec<usize> = (0..graph.calls.len()).collect();
            let (answers, well) = perform(world, call, &graph.calls, &order, true);
            Out::object([
                ("graphId", graph.graph_id.clone().into()),
                ("graphResponse", Out::object([("compositeResponse", Out::List(answers))])),
                ("isSuccessful", well.into()),
            ])
        })
        .collect();
    Ok(data_answer(200, Some(&Out::object([("graphs", graphs)]))))
}
