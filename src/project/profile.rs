//! Profiles as they are meant: what a profile and those that it extends say together, over what is built in.

use super::config::{Clear, Config, DotenvFile, ProfileTable, PythonPath, Sited, Variable};
use crate::env::Origin;
use crate::fault::Fault;
use crate::python::policy::Policy;

/// The profile that is meant where nobody says anything.
pub(crate) const DEV: &str = "dev";

/// The profile that leaves everything to Python.
pub(crate) const PROD: &str = "prod";

/// A resolved profile.
#[derive(Clone, Debug)]
pub(crate) struct Profile<'a> {
    pub(crate) name: String,
    /// The profile and those that it extends, the nearest first.
    pub(crate) chain: Vec<String>,
    pub(crate) policy: (Policy, Origin),
    pub(crate) pythonpath: (PythonPath, Origin),
    pub(crate) clear: (Clear, Origin),
    /// What is read and set, in this order.
    pub(crate) steps: Vec<Step<'a>>,
}

/// One thing that a profile does to the environment.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<'a> {
    Read(&'a DotenvFile),
    Do(&'a Variable),
}

/// Returns the names of all profiles, built in or written.
pub(crate) fn names(config: &Config) -> Vec<&str> {
    let written = config.profiles.keys().map(String::as_str);
    let mut names: Vec<&str> = [DEV, PROD].into_iter().chain(written).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Returns the fault of a profile that does not exist.
pub(crate) fn unknown(name: &str, config: &Config) -> Fault {
    Fault::new(unknown_words(name)).did_you_mean(name, names(config))
}

fn unknown_words(name: &str) -> String {
    format!("unknown profile `{name}`")
}

/// Checks what every profile says of others, whichever is chosen.
pub(crate) fn check(config: &Config) -> Result<(), Fault> {
    for name in config.profiles.keys() {
        chain(name, config)?;
    }
    let known = names(config);
    match config.default_profile.as_ref().filter(|sited| !known.contains(&sited.value.as_str())) {
        Some(sited) => Err(sited.site.fault(unknown_words(&sited.value)).did_you_mean(&sited.value, known)),
        None => Ok(()),
    }
}

/// Resolves a profile.
pub(crate) fn resolve<'a>(name: &str, config: &'a Config) -> Result<Profile<'a>, Fault> {
    let chain = chain(name, config)?;
    let tables: Vec<&'a ProfileTable> = chain.iter().filter_map(|name| config.profiles.get(name)).collect();
    let base = chain.last().map_or(DEV, String::as_str);
    let built_in = Origin::rule(if base == PROD { "built-in profile `prod`" } else { "built-in profile `dev`" });
    let dev = base != PROD;
    Ok(Profile {
        name: name.to_owned(),
        policy: first(&tables, |table| table.bytecode.as_ref())
            .unwrap_or((if dev { Policy::Verified } else { Policy::Cached }, built_in.clone())),
        pythonpath: first(&tables, |table| table.pythonpath.as_ref())
            .unwrap_or((if dev { PythonPath::Sources } else { PythonPath::Inherit }, built_in.clone())),
        clear: first(&tables, |table| table.clear.as_ref()).unwrap_or((Clear::Never, built_in)),
        steps: steps(config, &tables),
        chain,
    })
}

/// Returns the first value in a chain of profiles, with its place.
fn first<T: Clone>(tables: &[&ProfileTable], pick: impl Fn(&ProfileTable) -> Option<&Sited<T>>) -> Option<(T, Origin)> {
    let sited = tables.iter().find_map(|table| pick(table))?;
    Some((sited.value.clone(), Origin::Place(sited.site.place())))
}

fn steps<'a>(config: &'a Config, tables: &[&'a ProfileTable]) -> Vec<Step<'a>> {
    let shared = config.env.iter().map(Step::Do);
    let own = tables.iter().rev().flat_map(|table| {
        let dotenv = table.dotenv.iter().flatten().map(Step::Read);
        dotenv.chain(table.env.iter().map(Step::Do))
    });
    shared.chain(own).collect()
}

/// Returns the names of a profile and of those that it extends.
fn chain(name: &str, config: &Config) -> Result<Vec<String>, Fault> {
    let mut chain = vec![name.to_owned()];
    let known = names(config);
    if !known.contains(&name) {
        return Err(unknown(name, config));
    }
    while let Some(next) = chain.last().and_then(|last| config.profiles.get(last)?.extends.as_ref()) {
        if chain.contains(&next.value) {
            let circle = [chain.join("` extends `"), next.value.clone()].join("` extends `");
            return Err(next.site.fault(format!("profiles extend each other in a circle: `{circle}`")));
        }
        if !known.contains(&next.value.as_str()) {
            return Err(next.site.fault(unknown_words(&next.value)).did_you_mean(&next.value, known));
        }
        chain.push(next.value.clone());
    }
    Ok(chain)
}
