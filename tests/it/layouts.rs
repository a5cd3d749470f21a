//! Libraries as people lay them out, for every build backend, and the ways in which installers put
//! them into an environment.

use crate::sandbox::Sandbox;

/// A project that depends on a library beside it by its path.
pub const SHOP: &str = "[project]\nname = 'shop'\nversion = '1'\nrequires-python = '>=3.8'\n\
                               dependencies = ['adt']\n[tool.uv.sources]\nadt = { path = '../adt' }\n";

/// The same for a project that is no package itself.
pub const SHOP_OF_SCRIPTS: &str = "[project]\nname = 'shop'\nversion = '1'\nrequires-python = '>=3.8'\n\
    dependencies = ['adt']\n[tool.uv]\npackage = false\n[tool.uv.sources]\nadt = { path = '../adt' }\n";

/// What builds a library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Uv,
    Hatchling,
    Setuptools,
    Flit,
}

/// Where a library's code lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    Src,
    Flat,
    Single,
    Namespace,
}

/// A library `adt` with a console script `adt-cli`, which prints its value.
#[derive(Clone, Copy, Debug)]
pub struct Library {
    pub backend: Backend,
    pub layout: Layout,
}

impl Library {
    /// Returns the name of the module that holds the value.
    pub fn module(self) -> &'static str {
        if self.layout == Layout::Namespace {
            "acme.adt"
        } else {
            "adt"
        }
    }

    /// Returns the file that holds the value, below the library's directory.
    pub fn file(self) -> &'static str {
        match self.layout {
            Layout::Src => "src/adt/__init__.py",
            Layout::Flat => "adt/__init__.py",
            Layout::Single => "adt.py",
            Layout::Namespace => "src/acme/adt/__init__.py",
        }
    }

    /// Writes the library into a directory of the sandbox.
    pub fn write(self, sandbox: &Sandbox, directory: &str, value: &str) {
        let script = format!("[project.scripts]\nadt-cli = '{}:main'\n", self.module());
        let head = "[project]\nname = 'adt'\nversion = '1'\ndescription = 'x'\nrequires-python = '>=3.8'\n";
        let manifest = format!("{head}{script}{}", self.build());
        sandbox.write(&format!("{directory}/pyproject.toml"), manifest);
        if self.layout != Layout::Single {
            let main = self.file().replace("__init__", "__main__");
            sandbox.write(
                &format!("{directory}/{main}"),
                format!("from {} import main\n\nmain()\n", self.module()),
            );
        }
        self.edit(sandbox, directory, value);
    }

    /// Writes the code anew.
    pub fn edit(self, sandbox: &Sandbox, directory: &str, value: &str) {
        sandbox.write(&format!("{directory}/{}", self.file()), code(value));
    }

    fn build(self) -> String {
        let system = |requires: &str, backend: &str| {
            format!("[build-system]\nrequires = ['{requires}']\nbuild-backend = '{backend}'\n")
        };
        let (build, own) = match self.backend {
            Backend::Uv => (system("uv_build>=0.9", "uv_build"), self.for_uv()),
            Backend::Hatchling => (system("hatchling", "hatchling.build"), self.for_hatchling()),
            Backend::Setuptools => (
                system("setuptools>=77", "setuptools.build_meta"),
                self.for_setuptools(),
            ),
            Backend::Flit => (
                system("flit_core>=3.11,<4", "flit_core.buildapi"),
                self.for_flit(),
            ),
        };
        build + own
    }

    fn for_uv(self) -> &'static str {
        match self.layout {
            Layout::Src => "",
            Layout::Flat => "[tool.uv.build-backend]\nmodule-root = ''\n",
            Layout::Namespace => "[tool.uv.build-backend]\nmodule-name = 'acme.adt'\n",
            Layout::Single => panic!("uv_build builds packages alone"),
        }
    }

    fn for_hatchling(self) -> &'static str {
        match self.layout {
            Layout::Src | Layout::Flat | Layout::Single => "",
            Layout::Namespace => "[tool.hatch.build.targets.wheel]\npackages = ['src/acme']\n",
        }
    }

    fn for_setuptools(self) -> &'static str {
        match self.layout {
            Layout::Src | Layout::Namespace => "",
            Layout::Flat => "[tool.setuptools]\npackages = ['adt']\n",
            Layout::Single => "[tool.setuptools]\npy-modules = ['adt']\n",
        }
    }

    fn for_flit(self) -> &'static str {
        if self.layout == Layout::Namespace {
            "[tool.flit.module]\nname = 'acme.adt'\n"
        } else {
            ""
        }
    }
}

/// Returns a module that holds a value, and prints it when it is run.
pub fn code(value: &str) -> String {
    format!(
        "VALUE = '{value}'\n\n\ndef main():\n    print(VALUE)\n\n\nif __name__ == '__main__':\n    main()\n"
    )
}
