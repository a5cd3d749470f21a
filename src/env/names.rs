//! What the name of a variable means: whether it is one, whether our own files are found by it,
//! whether it makes programs run code. The one table of such names. Pure.

/// What all variables of our own begin with.
pub const OWN_PREFIX: &str = "PYDEVENV_";

/// What the private variables of our hooks begin with.
pub const HOOK_PREFIX: &str = "__pydevenv_";

/// Our own directories are found by these: what a plan does to them would move our configuration
/// and our records.
pub const HOME: &str = "HOME";
pub const BASE_PREFIX: &str = "XDG_";

/// Where a shell is and was, how deep, and what it ran last: it says so itself, and some end at
/// hearing otherwise.
pub const OF_SHELLS: [&str; 4] = ["PWD", "OLDPWD", "SHLVL", "_"];

/// Names by which a shell, the loader of programs, an interpreter or a tool is told what code to
/// run.
#[rustfmt::skip]
const RUN_CODE: [&str; 117] = [
    // Shells.
    "BASHOPTS", "BASH_ENV", "CDPATH", "ENV", "FPATH", "IFS", "PROMPT_COMMAND", "PROMPT", "PS0", "PS1", "PS2", "PS3",
    "PS4", "RPROMPT", "SHELL", "SHELLOPTS", "XONSHRC", "XONSHRC_DIR", "XONTRIBS_AUTOLOAD_DISABLED", "ZDOTDIR",
    // The loader of programs.
    "GCONV_PATH", "GLIBC_TUNABLES", "LD_AUDIT", "LD_LIBRARY_PATH", "LD_PRELOAD", "LOCPATH", "OPENSSL_CONF",
    "OPENSSL_ENGINES", "OPENSSL_MODULES",
    // Interpreters.
    "CLASSPATH", "DOTNET_STARTUP_HOOKS", "GEM_HOME", "GEM_PATH", "IPYTHONDIR", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS",
    "JUPYTER_CONFIG_DIR", "JUPYTER_CONFIG_PATH", "JUPYTER_DATA_DIR", "JUPYTER_PATH", "LUA_INIT", "MPLBACKEND",
    "NODE_OPTIONS", "NODE_PATH", "PERL5DB", "PERL5LIB", "PERL5OPT", "PERLLIB", "PHPRC", "PYTHONBREAKPOINT",
    "PYTHONEXECUTABLE", "PYTHONHOME", "PYTHONINSPECT", "PYTHONPLATLIBDIR", "PYTHONSTARTUP", "PYTHONUSERBASE",
    "PYTHONWARNINGS", "RUBYLIB", "RUBYOPT", "TCLLIBPATH", "_JAVA_OPTIONS",
    // Tools.
    "ANSIBLE_CONFIG", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "BROWSER", "CARGO_HOME", "CC", "CFLAGS",
    "CMAKE_TOOLCHAIN_FILE", "COVERAGE_PROCESS_START", "COVERAGE_RCFILE", "CPPFLAGS", "CXX", "CXXFLAGS",
    "DOCKER_CONFIG", "DOCKER_HOST", "EDITOR", "EXINIT", "GIT_ASKPASS", "GOFLAGS", "GOROOT", "GRADLE_OPTS",
    "GREP_OPTIONS", "HGRCPATH", "INPUTRC", "KUBECONFIG", "LD", "LDFLAGS", "LDSHARED", "LESSCLOSE", "LESSOPEN",
    "MAKEFILES", "MAKEFLAGS", "MANPAGER", "MAVEN_OPTS", "PAGER", "PIP_CONFIG_FILE", "PSQLRC", "PYLINTRC",
    "PYTEST_ADDOPTS", "PYTEST_PLUGINS", "RSYNC_RSH", "RUSTC", "RUSTC_WORKSPACE_WRAPPER", "RUSTC_WRAPPER", "RUSTFLAGS",
    "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "SSH_ASKPASS", "SUDO_ASKPASS", "SVN_SSH", "TAR_OPTIONS", "TF_CLI_CONFIG_FILE",
    "UV_CONFIG_FILE", "VIMINIT", "VISUAL", "WGETRC",
];

/// Beginnings of such names.
const RUN_CODE_PREFIXES: [&str; 7] = [
    "BASH_FUNC_",
    "DYLD_",
    "GIT_",
    "LD_",
    "PIP_",
    "fish_",
    "npm_config_",
];

/// Names with such a beginning that hold no more than a text.
const TEXTS: [&str; 6] = [
    "GIT_AUTHOR_DATE",
    "GIT_AUTHOR_EMAIL",
    "GIT_AUTHOR_NAME",
    "GIT_COMMITTER_DATE",
    "GIT_COMMITTER_EMAIL",
    "GIT_COMMITTER_NAME",
];

/// Returns whether a word can name a variable in every shell.
pub fn is_name(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_ascii_digit())
}

/// Returns whether a word can name a profile.
pub fn is_profile(name: &str) -> bool {
    let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    (1..=48).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(valid)
}

/// Returns whether a word can name an alias.
pub fn is_alias(name: &str) -> bool {
    let first = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.starts_with(first) && name.chars().all(|c| first(c) || c == '.' || c == '-')
}

/// Returns whether a variable is our own.
pub fn is_own(name: &str) -> bool {
    name.starts_with(OWN_PREFIX) || name.starts_with(HOOK_PREFIX)
}

/// Returns whether we stand on a variable: what is ours, what says where our directories lie, and
/// what every shell says of itself. No plan sets one, and no record of a plan speaks of one, so
/// that these are always those of the environment of before.
pub fn is_ground(name: &str) -> bool {
    name == HOME || name.starts_with(BASE_PREFIX) || is_own(name) || is_of_shells(name)
}

/// Returns whether every shell says a variable of itself.
pub fn is_of_shells(name: &str) -> bool {
    OF_SHELLS.contains(&name)
}

/// Returns whether a variable makes a shell or a tool run code that its value names.
pub fn runs_code(name: &str) -> bool {
    let begins = RUN_CODE_PREFIXES
        .iter()
        .any(|prefix| name.starts_with(prefix))
        && !TEXTS.contains(&name);
    begins || RUN_CODE.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        assert!(
            is_name("A_1")
                && is_name("_")
                && !is_name("1A")
                && !is_name("A-B")
                && !is_name("")
                && !is_name("A\n")
        );
        assert!(
            is_alias("a.b-c")
                && is_alias("1")
                && !is_alias("")
                && !is_alias("-a")
                && !is_alias("a b")
                && !is_alias("a;b")
        );
        for name in [
            "HOME",
            "XDG_STATE_HOME",
            "PYDEVENV_SESSION",
            "__pydevenv_record",
            "PWD",
            "_",
        ] {
            assert!(is_ground(name), "{name}");
        }
        assert!(!is_ground("HOMEPAGE") && !is_ground("PATH") && !is_ground("DEVENV_ROOT"));
    }

    #[test]
    fn names_that_run_code_are_known() {
        let names = "LD_PRELOAD GIT_SSH_COMMAND GIT_CONFIG_KEY_0 PROMPT_COMMAND ENV fish_function_path OPENSSL_CONF \
                     IPYTHONDIR JUPYTER_CONFIG_DIR JUPYTER_CONFIG_PATH MPLBACKEND KUBECONFIG AWS_CONFIG_FILE \
                     PYTHONEXECUTABLE PYTHONPLATLIBDIR DOCKER_CONFIG CARGO_HOME RUSTC_WRAPPER CC CXX MAKEFLAGS \
                     GREP_OPTIONS RUSTFLAGS LDFLAGS GOFLAGS";
        for name in names.split_whitespace() {
            assert!(runs_code(name), "{name}");
        }
        for name in [
            "GIT_AUTHOR_NAME",
            "PATH",
            "PYTHONPATH",
            "LOG_LEVEL",
            "TZ",
            "ENVIRONMENT",
            "AWS_PROFILE",
            "JUPYTER_TOKEN",
        ] {
            assert!(!runs_code(name), "{name}");
        }
    }
}
