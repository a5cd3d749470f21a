//! Every key of a configuration: its name, what it holds, and what it means. The one list by which
//! `decode` knows a key and `schema` describes it to editors. Reads nothing itself.

use super::config::Clear;
use crate::env::names::{
    BASE_PREFIX, HOME, HOOK_PREFIX, OWN_PREFIX, is_ground, is_of_shells, is_own,
};
use crate::python::policy::{DONT_WRITE, PREFIX, Policy};

/// A key of a table.
#[derive(Debug)]
pub struct Key {
    pub name: &'static str,
    pub shape: Shape,
    /// One sentence, for an editor.
    pub about: &'static str,
    pub whose: Whose,
}

/// Which table may have a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Anybody,
    /// A table that lacks it is refused.
    Needed,
    /// Only the user's own configuration: a project must not widen its own trust.
    Users,
}

/// What a value looks like.
#[derive(Debug)]
pub enum Shape {
    Bool,
    False,
    Text,
    Number,
    /// A command that a shell could split into words.
    Command,
    Path,
    /// A path in a list variable, where a colon would end it.
    Element,
    /// A name of that kind.
    Name(&'static Names),
    Word(fn() -> Vec<&'static str>),
    List(&'static Shape),
    /// A table with these keys and no others.
    Table(&'static [Key]),
    /// A table with names of that kind, and values of one shape.
    Map(&'static Names, &'static Shape),
    /// A table that says what it holds elsewhere.
    Open,
    Either(&'static [Shape]),
}

/// What a name may be: as a pattern for other programs, and what it must not be although it fits.
#[derive(Debug)]
pub struct Names {
    pub pattern: &'static str,
    pub reserved: &'static [&'static str],
    pub reserved_prefixes: &'static [&'static str],
}

/// Variables that the bytecode policy sets.
pub const OF_POLICY: [&str; 2] = [DONT_WRITE, PREFIX];

/// The words that `pythonpath` may be.
pub const SOURCES: &str = "sources";
pub const INHERIT: &str = "inherit";

static PROFILE_NAMES: Names = Names {
    pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,47}$",
    reserved: &[],
    reserved_prefixes: &[],
};
static ALIAS_NAMES: Names = Names {
    pattern: "^[A-Za-z0-9_][A-Za-z0-9._-]*$",
    reserved: &[],
    reserved_prefixes: &[],
};
static VARIABLE_NAMES: Names = Names {
    pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
    reserved: &[DONT_WRITE, PREFIX, HOME, "PWD", "OLDPWD", "SHLVL", "_"],
    reserved_prefixes: &[BASE_PREFIX, OWN_PREFIX, HOOK_PREFIX],
};

/// What to do about a variable that no plan may set.
pub const BEFORE: &str = "set it before devenv starts, outside of what devenv reads";

/// Returns why no plan may set a variable, as the words that follow its name.
pub fn refusal(name: &str) -> Option<&'static str> {
    let why = if is_own(name) {
        "is devenv's own"
    } else if is_of_shells(name) {
        "is what a shell says of itself"
    } else {
        "says where devenv's own files lie"
    };
    is_ground(name).then_some(why)
}

const fn key(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key {
        name,
        shape,
        about,
        whose: Whose::Anybody,
    }
}

/// The keys of a configuration.
pub static CONFIGURATION: [Key; 10] = [
    key(
        "default-profile",
        Shape::Name(&PROFILE_NAMES),
        "The profile that is meant where nobody says another; else `dev`.",
    ),
    key(
        "sources",
        Shape::List(&Shape::Path),
        "The directories that modules are imported from; left out: detected.",
    ),
    key(
        "venv",
        Shape::Either(&[Shape::Path, Shape::False]),
        "The virtual environment; left out: detected; `false`: none.",
    ),
    key(
        "fill",
        Shape::Bool,
        "Whether bytecode is made ahead in the background; it is, where this is left out.",
    ),
    key("env", VARIABLES, "Variables for every profile."),
    key(
        "profiles",
        Shape::Map(&PROFILE_NAMES, &Shape::Table(&PROFILE)),
        "Ways to run the project; `dev` and `prod` are built in.",
    ),
    key(
        "aliases",
        Shape::Map(&ALIAS_NAMES, &Shape::Command),
        "Commands for `devenv run` and, with the hook, for the shell.",
    ),
    key("caches", Shape::Open, "Caches of the project's own."),
    Key {
        name: "trusted",
        shape: Shape::List(&Shape::Path),
        about: "Trees whose projects are trusted as they are.",
        whose: Whose::Users,
    },
    Key {
        name: "quiet",
        shape: Shape::Bool,
        about: "Whether the hook says nothing on entering.",
        whose: Whose::Users,
    },
];

/// The keys of a profile.
pub static PROFILE: [Key; 6] = [
    key(
        "extends",
        Shape::Name(&PROFILE_NAMES),
        "The profile that this one starts from; left out: what is built in as `dev`.",
    ),
    key(
        "bytecode",
        Shape::Word(policies),
        "How the bytecode of the project's own modules is kept.",
    ),
    key(
        "pythonpath",
        Shape::Either(&[Shape::Word(pythonpaths), Shape::List(&Shape::Element)]),
        "What goes in front of PYTHONPATH: the source roots that need it, nothing, or these directories.",
    ),
    key(
        "clear",
        Shape::Word(clears),
        "What `devenv run` clears first.",
    ),
    key(
        "dotenv",
        Shape::Either(&[
            Shape::Path,
            Shape::Table(&DOTENV),
            Shape::List(&Shape::Either(&[Shape::Path, Shape::Table(&DOTENV)])),
        ]),
        "Files of `NAME=value` to read; one that is missing is an error, unless it is optional.",
    ),
    key("env", VARIABLES, "Variables for this profile."),
];

/// The keys of a dotenv file.
pub static DOTENV: [Key; 2] = [
    Key {
        name: "path",
        shape: Shape::Path,
        about: "The file.",
        whose: Whose::Needed,
    },
    key("optional", Shape::Bool, "Whether it may be missing."),
];

/// The keys of a variable that yields to what is set.
pub static DEFAULT: [Key; 1] = [Key {
    name: "default",
    shape: Shape::Text,
    about: "Its value where it is unset.",
    whose: Whose::Needed,
}];

/// The keys of a list variable.
pub static LIST: [Key; 3] = [
    key(
        "prepend",
        Shape::List(&Shape::Element),
        "Directories to put in front.",
    ),
    key(
        "append",
        Shape::List(&Shape::Element),
        "Directories to put at the end.",
    ),
    key(
        "remove",
        Shape::List(&Shape::Element),
        "Directories to take out, or patterns of them.",
    ),
];

const VARIABLES: Shape = Shape::Map(
    &VARIABLE_NAMES,
    &Shape::Either(&[
        Shape::Text,
        Shape::Number,
        Shape::False,
        Shape::Table(&DEFAULT),
        Shape::Table(&LIST),
    ]),
);

fn policies() -> Vec<&'static str> {
    Policy::ALL.map(Policy::word).into()
}

fn clears() -> Vec<&'static str> {
    Clear::WORDS.into()
}

fn pythonpaths() -> Vec<&'static str> {
    vec![SOURCES, INHERIT]
}

/// Returns the names of keys.
pub fn names<'k>(keys: impl IntoIterator<Item = &'k Key>) -> Vec<&'static str> {
    keys.into_iter().map(|key| key.name).collect()
}
