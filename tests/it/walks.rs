//! Random walks through projects, edits, consent, profiles, overrides and nested shells: after
//! every step the shell has what a model of the law says. The model knows one variable, and is
//! written from the law, not from the code.

use std::fs;

use crate::noise::Noise;
use crate::sandbox::{DEVENV, Sandbox};
use crate::shells::{BASH, Dialect, FISH, Shell, ZSH, text};

const WALKS: usize = 170;
const STEPS: usize = 6;
const PLACES: [&str; 4] = ["home", "project", "project/deep", "other"];
const PROJECTS: [&str; 2] = ["project", "other"];

/// A project on disk, and what the user decided about it.
#[derive(Clone, Debug, Default)]
struct Project {
    /// The text of its configuration; nothing: there is none.
    config: Option<String>,
    /// What was allowed.
    allowed: Option<String>,
    denied: bool,
    profile: Option<&'static str>,
}

/// What a shell has.
#[derive(Clone, Debug, Default)]
struct Inside {
    place: usize,
    value: Option<String>,
    applied: Option<Applied>,
    /// The project that this very shell knows to be applied.
    known: Option<usize>,
}

#[derive(Clone, Debug)]
struct Applied {
    planned: String,
    before: Option<String>,
}

enum Standing {
    Bare,
    Waiting(usize),
    In(usize, String),
}

impl Project {
    fn standing(&self, number: usize) -> Standing {
        match &self.config {
            None => Standing::Bare,
            Some(_) if self.denied => Standing::Bare,
            Some(text) if text.contains("broken") || self.allowed.as_ref() != Some(text) => {
                Standing::Waiting(number)
            }
            Some(text) => {
                let value = text.split('\'').nth(1).unwrap();
                let value = if self.profile.is_some() {
                    format!("prod-{value}")
                } else {
                    value.to_owned()
                };
                Standing::In(number, value)
            }
        }
    }
}

impl Inside {
    /// Takes a turn, by the law.
    fn turn(&mut self, projects: &[Project; 2]) {
        let number = PROJECTS
            .iter()
            .position(|project| PLACES[self.place].starts_with(project));
        let standing = number.map_or(Standing::Bare, |number| projects[number].standing(number));
        let is_ours = |inside: &Self| {
            inside
                .applied
                .as_ref()
                .is_some_and(|a| inside.value.as_ref() == Some(&a.planned))
        };
        let ours = is_ours(self);
        let base = if ours {
            self.applied.as_ref().unwrap().before.clone()
        } else {
            self.value.clone()
        };
        match standing {
            Standing::Waiting(number) if self.known == Some(number) => {}
            Standing::In(number, planned) => {
                let overridden = self.known == Some(number) && self.applied.is_some() && !ours;
                if !overridden {
                    self.value = Some(planned.clone());
                }
                self.applied = Some(Applied {
                    planned,
                    before: base,
                });
                self.known = Some(number);
            }
            Standing::Bare | Standing::Waiting(_) => {
                (self.value, self.applied, self.known) = (base, None, None);
            }
        }
    }
}

struct Walk<'a> {
    sandbox: &'a Sandbox,
    shell: Shell<'a>,
    noise: Noise,
    projects: [Project; 2],
    shells: Vec<Inside>,
    log: Vec<String>,
}

impl Walk<'_> {
    fn step(&mut self) {
        let number = self.noise.below(2);
        let directory = PROJECTS[number];
        let step = self.noise.below(12);
        let value = format!("v{}", self.noise.below(3));
        match step {
            0..=2 => {
                let place = self.noise.below(PLACES.len());
                self.line(format!("cd {}", self.sandbox.path(PLACES[place]).display()));
                self.top().place = place;
            }
            3 | 4 => {
                let text = format!(
                    "[env]\nLEVEL = '{value}'\n[profiles.prod.env]\nLEVEL = 'prod-{value}'\n"
                );
                self.write(
                    number,
                    Some(if value == "v2" {
                        "broken".to_owned()
                    } else {
                        text
                    }),
                );
            }
            5 => self.write(number, None),
            6 | 7 => self.allow(number, directory),
            8 => {
                self.log.push(format!("deny {directory}"));
                let denied = self.projects[number].config.is_some();
                self.sandbox
                    .command(DEVENV)
                    .args(&["deny", &format!("../{directory}")])
                    .run();
                self.projects[number].denied |= denied;
            }
            9 => self.choose(number, directory),
            10 => {
                self.line((self.shell.dialect.set)("LEVEL", "mine"));
                self.top().value = Some("mine".to_owned());
            }
            _ => self.nest(),
        }
        self.settle();
    }

    fn top(&mut self) -> &mut Inside {
        self.shells.last_mut().unwrap()
    }

    fn line(&mut self, line: String) {
        self.shell.line(&line);
        self.log.push(line);
    }

    fn write(&mut self, number: usize, text: Option<String>) {
        let path = self.sandbox.path(PROJECTS[number]).join("devenv.toml");
        self.log
            .push(format!("write {} {text:?}", PROJECTS[number]));
        match &text {
            Some(text) => fs::write(path, text).unwrap(),
            None => drop(fs::remove_file(path)),
        }
        self.projects[number].config = text;
    }

    fn allow(&mut self, number: usize, directory: &str) {
        self.log.push(format!("allow {directory}"));
        let said = self
            .sandbox
            .command(DEVENV)
            .args(&["allow", &format!("../{directory}")])
            .run();
        let project = &mut self.projects[number];
        let fits = project
            .config
            .as_ref()
            .is_some_and(|text| !text.contains("broken"));
        assert_eq!(said.code == Some(0), fits, "{:?} {said:?}", self.log);
        if fits {
            (project.allowed, project.denied) = (project.config.clone(), false);
        }
    }

    fn choose(&mut self, number: usize, directory: &str) {
        let prod = self.noise.below(2) == 0;
        self.log.push(format!("profile {directory} {prod}"));
        let name = if prod { "prod" } else { "--unset" };
        let said = self
            .sandbox
            .command(DEVENV)
            .args(&["profile", "use", name])
            .within(directory)
            .run();
        if said.code == Some(0) {
            self.projects[number].profile = prod.then_some("prod");
        }
    }

    /// Starts a shell in the shell, or ends it.
    fn nest(&mut self) {
        if self.shells.len() > 1 {
            self.shells.pop();
            self.line("exit".to_owned());
        } else {
            let inner = Inside {
                known: None,
                ..self.top().clone()
            };
            self.line(self.shell.dialect.start.join(" "));
            self.shell.env();
            self.shell.load();
            self.shells.push(inner);
        }
    }

    /// Lets a prompt pass, and compares.
    fn settle(&mut self) {
        let projects = self.projects.clone();
        self.top().turn(&projects);
        self.shell.env();
        let seen = text(&self.shell.env(), "LEVEL");
        let expected = self.top().value.clone();
        assert_eq!(
            seen, expected,
            "{} {:#?}\n{:?}",
            self.shell.dialect.name, self.log, self.shells
        );
    }
}

fn walks(dialect: Dialect) {
    let mut sandbox = Sandbox::new();
    sandbox.set("PYDEVENV_FILL", "0");
    for directory in ["project/deep", "other"] {
        fs::create_dir_all(sandbox.path(directory)).unwrap();
    }
    let shell = Shell::start(&sandbox, dialect);
    let mut walk = Walk {
        sandbox: &sandbox,
        shell,
        noise: Noise::new(),
        projects: [Project::default(), Project::default()],
        shells: vec![Inside::default()],
        log: Vec::new(),
    };
    for _ in 0..WALKS {
        walk.log.clear();
        walk.log
            .push(format!("{:?} {:?}", walk.projects, walk.shells));
        (0..STEPS).for_each(|_| walk.step());
    }
}

#[test]
fn bash_follows_the_law() {
    walks(BASH);
}

#[test]
fn zsh_follows_the_law() {
    walks(ZSH);
}

#[test]
fn fish_follows_the_law() {
    walks(FISH);
}
