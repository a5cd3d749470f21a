//! Random trees of modules under every disguise that Python knows, a few of them none: the ground
//! for the law in `imports.rs`. It makes files and says what to ask; what is right is the
//! interpreter's to say.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::noise::Noise;

/// Names that stand in the zip files; all but two are the standard library's too.
pub const NAMES: [&str; 9] = [
    "alpha",
    "beta",
    "random",
    "types",
    "json",
    "time",
    "sys",
    "os",
    "zipimport",
];

/// Names of modules, the usual ones more often.
const USUAL: [&str; 14] = [
    "alpha",
    "alpha",
    "alpha",
    "beta",
    "beta",
    "gamma",
    "random",
    "types",
    "json",
    "json",
    "time",
    "sys",
    "os",
    "zipimport",
];

/// Zip files in the stock.
pub const ZIPS: usize = 60;

/// What every tree is made from: zip files, bytecode, an environment.
#[derive(Debug)]
pub struct Stock {
    pub directory: PathBuf,
    pub python: PathBuf,
    /// `pyvenv.cfg` of a real environment, and below it the path of its packages.
    pub marker: String,
    pub packages: PathBuf,
    pub suffixes: Vec<String>,
}

/// One tree, and how Python is started in it.
#[derive(Debug)]
pub struct Tree {
    pub root: PathBuf,
    pub env: Vec<(&'static str, String)>,
    /// Options of the interpreter; none where a bare name is asked for.
    pub options: Option<&'static str>,
    pub names: Vec<String>,
}

impl Tree {
    pub fn work(&self) -> PathBuf {
        self.root.join("work")
    }

    pub fn python(&self) -> PathBuf {
        self.root.join("venv/bin/python")
    }
}

const OPTIONS: [&str; 8] = ["-I", "-E", "-s", "-S", "-P", "-IS", "-sE", "-B"];

/// The module that virtualenv has every environment import, in its outline: a finder that finds
/// nothing of ours.
const VIRTUALENV: &str = "\
import sys

class _Finder:
    def find_spec(self, fullname, path, target=None):
        return None

sys.meta_path.insert(0, _Finder())
";

/// The line that setuptools has every environment execute.
const SETUPTOOLS: &str = "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; \
                          enabled = os.environ.get(var, 'local') == 'local'; enabled and __import__('_distutils_hack'); ";

/// A tree that is being made.
struct Maker<'a> {
    stock: &'a Stock,
    root: PathBuf,
    noise: Noise,
    planted: Vec<String>,
}

/// Makes the tree of this seed.
pub fn make(stock: &Stock, root: &Path, seed: u64) -> Tree {
    let mut maker = Maker {
        stock,
        root: root.to_owned(),
        noise: Noise::of(seed),
        planted: Vec::new(),
    };
    for directory in ["work", "one", "two", "apart", "venv/bin"] {
        fs::create_dir_all(root.join(directory)).unwrap();
    }
    maker.environment();
    maker.roots();
    let env = maker.variables();
    let options = maker.noise.happens(35).then(|| maker.noise.one(&OPTIONS));
    let names = (0..3).map(|_| maker.question(options.is_some())).collect();
    Tree {
        root: root.to_owned(),
        env,
        options,
        names,
    }
}

impl Maker<'_> {
    fn environment(&mut self) {
        symlink(&self.stock.python, self.root.join("venv/bin/python")).unwrap();
        let system = if self.noise.happens(40) {
            "true"
        } else {
            "false"
        };
        let marker = self
            .stock
            .marker
            .replace("packages = false", &format!("packages = {system}"));
        fs::write(self.root.join("venv/pyvenv.cfg"), marker).unwrap();
        fs::create_dir_all(self.root.join("venv").join(&self.stock.packages)).unwrap();
    }

    /// Plants modules wherever Python may look, and the files that make it look there.
    fn roots(&mut self) {
        let packages = [PathBuf::from("venv"), PathBuf::from("user")]
            .map(|root| root.join(&self.stock.packages));
        let mut places: Vec<PathBuf> = ["work", "one", "two", "apart"].map(PathBuf::from).to_vec();
        for place in &packages {
            if place.starts_with("venv") || self.noise.happens(60) {
                fs::create_dir_all(self.root.join(place)).unwrap();
                places.push(place.clone());
                self.path_files(place);
            }
        }
        places
            .iter()
            .for_each(|place| self.plant(&self.root.join(place), "", 0));
        for name in ["z0.zip", "z1.zip"] {
            let zip = self
                .stock
                .directory
                .join(format!("z{}.zip", self.noise.below(ZIPS)));
            fs::hard_link(zip, self.root.join(name)).unwrap();
        }
        fs::write(
            self.root.join("broken.zip"),
            "PK\u{3}\u{4} no more than this",
        )
        .unwrap();
        symlink("one", self.root.join("linked")).unwrap();
    }

    fn plant(&mut self, directory: &Path, prefix: &str, depth: usize) {
        for _ in 0..=self.noise.below(4) {
            let name = self.noise.one(&USUAL).to_owned();
            let dotted = format!("{prefix}{name}");
            if !directory.starts_with(self.root.join("apart")) {
                self.planted.push(dotted.clone());
            }
            let shown = if self.noise.happens(6) {
                name.to_uppercase()
            } else {
                name
            };
            if self.noise.happens(55) {
                self.module(directory, &shown);
            } else {
                self.package(directory, &shown, &dotted, depth);
            }
        }
    }

    /// Puts something beside the others; what is there already stays.
    fn put(&self, path: &Path) {
        let ending = path.extension().unwrap_or_default();
        if fs::symlink_metadata(path).is_err() {
            let text = if ending == "pyc" {
                fs::read(self.stock.directory.join("empty.pyc")).unwrap()
            } else {
                vec![]
            };
            fs::write(path, text).unwrap();
        }
    }

    fn module(&mut self, directory: &Path, name: &str) {
        let path = |ending: &str| directory.join(format!("{name}{ending}"));
        match self.noise.below(20) {
            0..=6 => self.put(&path(".py")),
            7..=8 => self.put(&path(".pyc")),
            9..=12 => {
                let suffix = self.suffix();
                self.put(&path(&suffix));
            }
            13 => self.put(&path(".cpython-39-x86_64-linux-gnu.so")),
            14 => drop(fs::create_dir(path(".py"))),
            15 => drop(fs::create_dir(path(".so"))),
            16 => drop(symlink(self.root.join("apart/beta.py"), path(".py"))),
            17 => drop(symlink(path(".py"), path(".py"))),
            // In the working directory, such a name would be the file's.
            18 if directory != self.root.join("work") => self.put(&path("")),
            _ => {
                let _ = fs::create_dir(directory.join("__pycache__"));
                self.put(&directory.join(format!("__pycache__/{name}.cpython-311.pyc")));
            }
        }
    }

    fn suffix(&mut self) -> String {
        self.stock.suffixes[self.noise.below(self.stock.suffixes.len())].clone()
    }

    fn package(&mut self, directory: &Path, name: &str, dotted: &str, depth: usize) {
        let path = directory.join(name);
        if self.noise.happens(12) {
            let target = self
                .noise
                .one(&["apart", "one", "two/alpha", "nowhere", "work"]);
            let _ = symlink(self.root.join(target), path);
            return;
        }
        if fs::create_dir(&path).is_err() {
            return;
        }
        match self.noise.below(20) {
            0..=7 => self.put(&path.join("__init__.py")),
            8 => self.put(&path.join("__init__.pyc")),
            9 => {
                let suffix = self.suffix();
                self.put(&path.join(format!("__init__{suffix}")));
            }
            10 => drop(fs::create_dir(path.join("__init__.py"))),
            11 => drop(symlink("nowhere.py", path.join("__init__.py"))),
            12 => return,
            _ => {}
        }
        if self.noise.happens(20) {
            self.put(&path.join("__main__.py"));
        }
        if depth < 2 {
            self.plant(&path, &format!("{dotted}."), depth + 1);
        }
    }

    fn path_files(&mut self, place: &Path) {
        let root = self.root.display().to_string();
        let up = "../../../..";
        let (one, far) = (format!("{root}/one"), format!("{root}/apart/../apart/"));
        let near = [
            format!("{up}/two"),
            format!("{up}/z0.zip"),
            format!("{up}/broken.zip"),
            format!("{up}/linked"),
        ];
        let mut lines = vec![
            one.as_str(),
            &far,
            "nowhere",
            "# a comment",
            "",
            "   ",
            "alpha",
            ".",
            " beta",
        ];
        lines.extend(near.iter().map(String::as_str));
        let place = self.root.join(place);
        if self.noise.happens(25) {
            fs::write(place.join("_virtualenv.py"), VIRTUALENV).unwrap();
            fs::write(place.join("_distutils_hack.py"), "").unwrap();
            lines.extend(["import _virtualenv", SETUPTOOLS]);
        }
        for name in ["b.pth", "a.pth", ".hidden.pth", "c.PTH", "d.pth"] {
            if self.noise.happens(30) {
                let end = self.noise.one(&["\n", "\n", "\r\n"]);
                let start = self.noise.one(&["", "", "", "\u{feff}"]);
                let text: Vec<&str> = (0..=self.noise.below(4))
                    .map(|_| self.noise.one(&lines))
                    .collect();
                fs::write(
                    place.join(name),
                    format!("{start}{}{}", text.join(end), self.noise.one(&["", end])),
                )
                .unwrap();
            }
        }
    }

    fn variables(&mut self) -> Vec<(&'static str, String)> {
        let root = self.root.display().to_string();
        let mut env = vec![("PYTHONUSERBASE", format!("{root}/user"))];
        let names = [
            "one",
            "one",
            "two",
            "two",
            "linked",
            "z0.zip",
            "z1.zip",
            "z1.zip/alpha",
            "broken.zip",
            "nowhere",
            "work",
            "one/",
        ];
        if self.noise.happens(80) {
            let mut paths: Vec<String> = Vec::new();
            for _ in 0..=self.noise.below(4) {
                let name = self.noise.one(&names);
                let forms = [
                    format!("{root}/{name}"),
                    format!("../{name}"),
                    String::new(),
                    "alpha".into(),
                    ".".into(),
                ];
                let form = if self.noise.happens(80) {
                    0
                } else {
                    self.noise.below(forms.len())
                };
                paths.push(forms[form].clone());
            }
            env.push(("PYTHONPATH", paths.join(":")));
        }
        if self.noise.happens(8) {
            env.push(("PYTHONSAFEPATH", "1".into()));
        }
        if self.noise.happens(8) {
            env.push(("PYTHONNOUSERSITE", "1".into()));
        }
        env
    }

    /// Returns a name to ask for, most often of something that is there. Those that no command line
    /// could start are left out where there is one.
    fn question(&mut self, started: bool) -> String {
        let planted: Vec<&str> = self.planted.iter().map(String::as_str).collect();
        let tops: Vec<&str> = planted
            .iter()
            .copied()
            .filter(|name| !name.contains('.'))
            .collect();
        let name = match self.noise.below(20) {
            0 => self.noise.one(&NAMES).to_owned(),
            1 => self
                .noise
                .one(&[
                    "json.tool",
                    "alpha.nothing",
                    "ALPHA",
                    "BETA",
                    "alphas",
                    "json.alpha",
                ])
                .to_owned(),
            2 => format!("{}.{}", self.noise.one(&planted), self.noise.one(&NAMES)),
            3..=10 => self.noise.one(&planted).to_owned(),
            _ => self.noise.one(&tops).to_owned(),
        };
        if started && ["sys", "time"].contains(&name.as_str()) {
            "random".into()
        } else {
            name
        }
    }
}
