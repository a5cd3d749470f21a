//! Completions of words that only the project here knows: profiles, and its aliases as commands.
//!
//! The scripts that `clap_complete` generates stay as they are, with a mark where such a word may
//! stand; here each mark becomes the call of a small function, which asks `devenv __complete`, and
//! those functions are put in front. So the scripts are static text that can be committed, packed
//! and read, a key that asks for anything else starts no process, and what a project says is
//! decided in one place. The dynamic completions of `clap_complete` were the alternative: they are
//! an unstable feature, start the program at every key, have to be loaded from it anew after each
//! upgrade, and leave nushell out. The generators for elvish and `PowerShell` know no values at
//! all, so that those two complete none. Nothing here is run or asked: text in, text out.

use super::Shell;

/// Stands for the project's profiles in what is generated.
pub const PROFILES: &str = "@PROFILES@";

/// Stands for commands, the project's aliases among them.
pub const COMMANDS: &str = "@COMMANDS@";

/// The first line of what is generated for zsh, which must stay the first.
const COMPDEF: &str = "#compdef devenv\n";

/// What a script for zsh does where it is read, and not called.
const COMPDEF_CALL: &str = "else\n    compdef _devenv devenv\n";
const CALL: &str = "    compdef _devenv devenv\n";

const BASH: &str = include_str!("../../shell/complete.bash");
const FISH: &str = include_str!("../../shell/complete.fish");
const ZSH: &str = include_str!("../../shell/complete.zsh");

/// A word of a command that is told by its place: the words that lead to the command, and the
/// values it can have.
#[derive(Clone, Debug)]
pub struct Positional {
    pub path: Vec<String>,
    pub values: Vec<String>,
    /// Whether it is the command's only word of that kind, so that no path may stand there.
    pub is_alone: bool,
}

impl Shell {
    /// Returns whether a completion can be put beside those that the shell has for the word of a
    /// command.
    pub fn completes_commands(self) -> bool {
        matches!(self, Self::Bash | Self::Zsh | Self::Fish)
    }

    /// Returns the completions, where `generated` has marks.
    pub fn completions(self, generated: &str, positionals: &[Positional]) -> String {
        match self {
            Self::Bash => {
                let call = |word: &str| format!("\\$(__pydevenv_complete {word})");
                let script = generated
                    .replace(PROFILES, &call("profiles"))
                    .replace(COMMANDS, &call("commands"));
                format!("{BASH}\n{script}")
            }
            Self::Zsh => {
                let script = generated.replace(&format!("({PROFILES})"), "__pydevenv_profiles");
                let script = script.replace(&format!("({COMMANDS})"), "__pydevenv_commands");
                // Read before there is anything to complete by, it waits for the hook to find it.
                let script = script.replacen(
                    COMPDEF_CALL,
                    &format!("elif (( $+functions[compdef] )); then\n{CALL}"),
                    1,
                );
                script.replacen(COMPDEF, &format!("{COMPDEF}\n{ZSH}"), 1)
            }
            Self::Fish => {
                let script =
                    generated.replace(&format!("\"{PROFILES}\\t''\""), "\"(__pydevenv_profiles)\"");
                format!(
                    "{FISH}{script}{}",
                    positionals.iter().map(of_fish).collect::<String>()
                )
            }
            Self::Nu => {
                let ask = "^devenv __complete profiles | complete | get stdout | lines";
                generated.replace(&format!("[ \"{PROFILES}\" ]"), ask)
            }
            Self::Tcsh | Self::Xonsh | Self::Elvish | Self::Pwsh => generated.to_owned(),
        }
    }
}

/// Writes a line for a positional word, which the generator for fish leaves out, as it writes
/// others.
fn of_fish(positional: &Positional) -> String {
    let Positional {
        path,
        values,
        is_alone,
    } = positional;
    let seen = path
        .iter()
        .skip(1)
        .map(|word| format!("; and __fish_seen_subcommand_from {word}"))
        .collect::<String>();
    let what = match values.join(" ").as_str() {
        PROFILES => "(__pydevenv_profiles)".to_owned(),
        COMMANDS => "(__pydevenv_commands)".to_owned(),
        words => words.to_owned(),
    };
    // Files, too, can be run.
    let no_files = if *is_alone && what != "(__pydevenv_commands)" {
        " -f"
    } else {
        ""
    };
    format!(
        "complete -c devenv -n \"__fish_devenv_using_subcommand {}{seen}\"{no_files} -a \"{what}\"\n",
        path[0]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_becomes_a_call_that_is_made_when_a_word_is_completed() {
        let bash = Shell::Bash.completions("opts=\"-h @COMMANDS@\"\n", &[]);
        assert!(
            bash.ends_with("opts=\"-h \\$(__pydevenv_complete commands)\"\n"),
            "{bash}"
        );
        let zsh = Shell::Zsh.completions("#compdef devenv\n'-p+[x]:NAME:(@PROFILES@)'\n", &[]);
        assert!(
            zsh.starts_with(COMPDEF) && zsh.ends_with("'-p+[x]:NAME:__pydevenv_profiles'\n"),
            "{zsh}"
        );
        let fish =
            Shell::Fish.completions("complete -l profile -r -f -a \"@PROFILES@\\t''\"\n", &[]);
        assert!(
            fish.ends_with("-r -f -a \"(__pydevenv_profiles)\"\n"),
            "{fish}"
        );
    }

    #[test]
    fn fish_is_told_of_words_by_their_place() {
        let line = |path: &[&str], values: &[&str]| {
            let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
            of_fish(&Positional {
                path: own(path),
                values: own(values),
                is_alone: path[0] != "import",
            })
        };
        assert_eq!(
            line(&["inject"], &["vscode", "zed"]),
            "complete -c devenv -n \"__fish_devenv_using_subcommand inject\" -f -a \"vscode zed\"\n"
        );
        assert!(
            line(&["import"], &["mise"]).ends_with(" import\" -a \"mise\"\n"),
            "a path may follow"
        );
        assert!(
            !line(&["run"], &[COMMANDS]).contains(" -f "),
            "a file can be run"
        );
        assert_eq!(
            line(&["profile", "use"], &[PROFILES]),
            "complete -c devenv -n \"__fish_devenv_using_subcommand profile; and __fish_seen_subcommand_from use\" \
             -f -a \"(__pydevenv_profiles)\"\n"
        );
    }
}
