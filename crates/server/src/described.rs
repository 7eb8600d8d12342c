//! What every operation may answer besides what is its own: the refusals that come from the layers around a handler and from the readers of its
//! request. The description names them all, so that a client is written against what really comes.

use utoipa::openapi::path::Operation;
use utoipa::openapi::response::Response;
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder};

/// The type of every answer that is a failure (RFC 9457).
pub(crate) const PROBLEM: &str = "application/problem+json";

/// Operations that nobody signs in for, and that nothing can refuse.
const OPEN: [&str; 1] = ["/api/v1/meta"];

/// Names the common refusals of every operation, each as a problem.
pub(crate) fn name_refusals(description: &mut OpenApi) {
    for (path, item) in &mut description.paths.paths {
        let open = OPEN.contains(&path.as_str());
        let reading = item.get.iter_mut().map(|operation| (operation, false));
        let writing = [&mut item.post, &mut item.put, &mut item.delete].into_iter().flatten();
        for (operation, writes) in reading.chain(writing.map(|operation| (operation, true))) {
            for (status, said) in refusals(operation, open, writes) {
                add(operation, status, said);
            }
            operation.responses.responses.iter_mut().for_each(|(status, response)| as_problem(status, response));
        }
    }
}

/// Status and meaning.
fn refusals(operation: &Operation, open: bool, writes: bool) -> Vec<(u16, &'static str)> {
    let takes_body = operation.request_body.is_some();
    let takes_anything = takes_body || operation.parameters.as_ref().is_some_and(|all| !all.is_empty());
    let named = operation.parameters.iter().flatten().any(|parameter| match parameter {
        RefOr::T(parameter) => parameter.parameter_in == utoipa::openapi::path::ParameterIn::Path,
        RefOr::Ref(_) => false,
    });
    let all = [
        (!open, 401, "not signed in"),
        (!open, 403, "not for this post"),
        (named, 404, "not found, or not within one's responsibility"),
        (takes_anything, 400, "the address or the body cannot be read"),
        (takes_body, 408, "the body did not arrive in time"),
        (takes_body, 413, "the body is too large"),
        (takes_body, 415, "the body is of another type"),
        (writes, 409, "it was changed meanwhile, or the key is in use"),
        (true, 421, "the server is not called by that name"),
        (takes_anything, 422, "what was given does not fit; `field` names it"),
        (!open, 429, "too many requests"),
        (true, 421, "not an address of this server"),
        (true, 500, "something failed here"),
        (true, 503, "it cannot be answered now; try again"),
        (!open, 507, "the disk is full"),
    ];
    all.into_iter().filter(|(wanted, ..)| *wanted).map(|(_, status, said)| (status, said)).collect()
}

fn add(operation: &mut Operation, status: u16, said: &str) {
    let response = ResponseBuilder::new().description(said).build();
    operation.responses.responses.entry(status.to_string()).or_insert(RefOr::T(response));
}

/// A failure's content is a problem, whatever the handler's description says.
fn as_problem(status: &str, response: &mut RefOr<Response>) {
    if !status.starts_with(['4', '5']) {
        return;
    }
    if let RefOr::T(response) = response {
        response.content.clear();
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemBody"))).build();
        response.content.insert(PROBLEM.to_owned(), content.into());
    }
}
