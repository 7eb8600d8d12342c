//! Parameters of queries, by the description: one that an operation does not know is told. A filter that is misspelt would show, or export, more than was asked for.

use std::collections::{BTreeSet, HashMap};

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{OpenApi, RefOr};
use yizhi_domain::written::line_cut;

use crate::error::Problem;

use super::address;

/// The parameters of each operation that has some.
#[derive(Debug, Default)]
pub(crate) struct Parameters(HashMap<String, Vec<(Method, BTreeSet<String>)>>);

/// Longest part of a name that is told, in characters.
const NAME_MAX: usize = 40;

impl Parameters {
    pub(crate) fn of(description: &OpenApi) -> Self {
        let operations = description.paths.paths.iter().map(|(path, item)| {
            let methods = [
                (Method::GET, &item.get),
                (Method::POST, &item.post),
                (Method::PUT, &item.put),
                (Method::DELETE, &item.delete),
            ];
            let described = methods.into_iter().filter_map(|(method, one)| Some((method, names(one.as_ref()?))));
            (path.clone(), described.filter(|(_, names)| !names.is_empty()).collect())
        });
        Self(operations.collect())
    }

    /// What is wrong with a request that names a parameter which its operation does not have.
    pub(crate) fn unknown(&self, request: &Request) -> Option<Problem> {
        request.uri().query().filter(|query| !query.is_empty())?;
        let path = request.extensions().get::<MatchedPath>()?;
        let described = self.0.get(path.as_str())?;
        let (_, known) = described.iter().find(|(method, _)| method == request.method())?;
        // What cannot be read is told where it is read.
        let name = address::parameters(request.uri())?.into_iter().find(|name| !known.contains(name))?;
        let (name, known) = (line_cut(&name, NAME_MAX), known.iter().map(String::as_str).collect::<Vec<_>>());
        Some(Problem::invalid(
            name.clone(),
            format!("没有参数 {name}。可用的有：{}。", known.join("、")),
            format!("There is no parameter {name}. There are: {}.", known.join(", ")),
        ))
    }
}

fn names(operation: &Operation) -> BTreeSet<String> {
    let all = operation.parameters.iter().flatten();
    let named = all.filter_map(|one| match one {
        RefOr::T(one) if one.parameter_in == ParameterIn::Query => Some(one.name.clone()),
        _ => None,
    });
    named.collect()
}
