//! Profiles as they are meant: what a profile and those that it extends say together, over what is
//! built in.

use super::config::{Clear, Config, DotenvFile, ProfileTable, PythonPath, Sited, Variable};
use super::limits;
use crate::env::Origin;
use crate::python::policy::Policy;
use crate::values::fault::Fault;

/// The profile that is meant where nobody says anything.
pub const DEV: &str = "dev";

/// The profile that leaves everything to Python.
pub const PROD: &str = "prod";

/// A resolved profile.
#[derive(Clone, Debug)]
pub struct Profile<'a> {
    pub name: String,
    /// The profile and those that it extends, the nearest first.
    pub chain: Vec<String>,
    pub policy: (Policy, Origin),
    pub pythonpath: (PythonPath, Origin),
    pub clear: (Clear, Origin),
    /// What is read and set, in this order.
    pub steps: Vec<Step<'a>>,
}

/// One thing that a profile does to the environment.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    Read(&'a DotenvFile),
    Do(&'a Variable),
}

/// Returns the names of all profiles, built in or written.
pub fn names(config: &Config) -> Vec<&str> {
    let written = config.profiles.keys().map(String::as_str);
    let mut names: Vec<&str> = [DEV, PROD].into_iter().chain(written).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Returns the fault of a profile that does not exist.
pub fn unknown(name: &str, config: &Config) -> Fault {
    Fault::new(unknown_words(name)).did_you_mean(name, names(config))
}

fn unknown_words(name: &str) -> String {
    format!("unknown profile `{name}`")
}

/// Checks what every profile says of others, whichever is chosen.
pub fn check(config: &Config) -> Result<(), Fault> {
    for name in config.profiles.keys() {
        chain(name, config)?;
    }
    let known = names(config);
    match config
        .default_profile
        .as_ref()
        .filter(|sited| !known.contains(&sited.value.as_str()))
    {
        Some(sited) => Err(sited
            .site
            .fault(unknown_words(&sited.value))
            .did_you_mean(&sited.value, known)),
        None => Ok(()),
    }
}

/// Resolves a profile.
pub fn resolve<'a>(name: &str, config: &'a Config) -> Result<Profile<'a>, Fault> {
    let chain = chain(name, config)?;
    let tables: Vec<&'a ProfileTable> = chain
        .iter()
        .filter_map(|name| config.profiles.get(name))
        .collect();
    let base = chain.last().map_or(DEV, String::as_str);
    let built_in = Origin::rule(if base == PROD {
        "built-in profile `prod`"
    } else {
        "built-in profile `dev`"
    });
    let dev = base != PROD;
    Ok(Profile {
        name: name.to_owned(),
        policy: first(&tables, |table| table.bytecode.as_ref()).unwrap_or((
            if dev {
                Policy::Verified
            } else {
                Policy::Cached
            },
            built_in.clone(),
        )),
        pythonpath: first(&tables, |table| table.pythonpath.as_ref()).unwrap_or((
            if dev {
                PythonPath::Sources
            } else {
                PythonPath::Inherit
            },
            built_in.clone(),
        )),
        clear: first(&tables, |table| table.clear.as_ref()).unwrap_or((Clear::Never, built_in)),
        steps: steps(config, &tables),
        chain,
    })
}

/// Returns the first value in a chain of profiles, with its place.
fn first<T: Clone>(
    tables: &[&ProfileTable],
    pick: impl Fn(&ProfileTable) -> Option<&Sited<T>>,
) -> Option<(T, Origin)> {
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
    while let Some(next) = chain
        .last()
        .and_then(|last| config.profiles.get(last)?.extends.as_ref())
    {
        if chain.contains(&next.value) {
            let circle = [chain.join("` extends `"), next.value.clone()].join("` extends `");
            return Err(next.site.fault(format!(
                "profiles extend each other in a circle: `{circle}`"
            )));
        }
        if !known.contains(&next.value.as_str()) {
            return Err(next
                .site
                .fault(unknown_words(&next.value))
                .did_you_mean(&next.value, known));
        }
        if chain.len() == limits::DEPTH {
            return Err(next.site.fault(limits::beyond(
                limits::DEPTH,
                "profiles extend each other in a row",
            )));
        }
        chain.push(next.value.clone());
    }
    Ok(chain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::decode::tests::read;

    /// Returns the names of the variables and files that a profile sets and reads, in order.
    fn steps_of(profile: &Profile<'_>) -> Vec<String> {
        let name = |step: &Step<'_>| match step {
            Step::Read(file) => file.path.display().to_string(),
            Step::Do(variable) => variable.name.clone(),
        };
        profile.steps.iter().map(name).collect()
    }

    #[test]
    fn a_profile_is_a_kind_of_development_unless_it_extends_prod() {
        let config = read("[profiles.own]\n[profiles.live]\nextends = 'prod'\n").unwrap();
        for (name, policy, pythonpath) in [
            ("dev", Policy::Verified, PythonPath::Sources),
            ("own", Policy::Verified, PythonPath::Sources),
            ("prod", Policy::Cached, PythonPath::Inherit),
            ("live", Policy::Cached, PythonPath::Inherit),
        ] {
            let profile = resolve(name, &config).unwrap();
            assert_eq!(
                (profile.policy.0, profile.pythonpath.0),
                (policy, pythonpath),
                "{name}"
            );
        }
    }

    #[test]
    fn the_nearest_profile_of_a_chain_decides_and_its_steps_come_last() {
        let text = "[env]\nALL = '1'\n[profiles.far]\nbytecode = 'none'\nclear = 'all'\nenv = { FAR = '1' }\n\
                    [profiles.mid]\nextends = 'far'\nbytecode = 'checked'\ndotenv = '.env'\nenv = { MID = '1' }\n\
                    [profiles.near]\nextends = 'mid'\nenv = { NEAR = '1' }\n";
        let config = read(text).unwrap();
        let near = resolve("near", &config).unwrap();
        assert_eq!(near.chain, ["near", "mid", "far"]);
        assert_eq!((near.policy.0, near.clear.0), (Policy::Checked, Clear::All));
        assert_eq!(steps_of(&near), ["ALL", "FAR", "/p/.env", "MID", "NEAR"]);
        let Origin::Place(place) = &near.policy.1 else {
            panic!("{:?}", near.policy.1)
        };
        assert_eq!(place.line, 9, "the place to change it");
    }

    #[test]
    fn a_chain_that_never_ends_or_leads_nowhere_is_a_fault_whoever_is_chosen() {
        for text in [
            "[profiles.a]\nextends = 'a'",
            "[profiles.dev]\nextends = 'b'\n[profiles.b]\nextends = 'dev'",
        ] {
            assert!(
                check(&read(text).unwrap())
                    .unwrap_err()
                    .what
                    .contains("in a circle"),
                "{text}"
            );
        }
        let nowhere = check(&read("[profiles.a]\nextends = 'pord'").unwrap()).unwrap_err();
        assert_eq!(
            (nowhere.what.as_str(), nowhere.spot.unwrap().place.line),
            ("unknown profile `pord`", 2)
        );
    }

    #[test]
    fn a_built_in_profile_that_is_written_too_is_one() {
        assert_eq!(
            names(&read("[profiles.dev]\n[profiles.a]\n").unwrap()),
            ["a", "dev", "prod"]
        );
    }
}
