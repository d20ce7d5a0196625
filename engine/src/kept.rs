//! Compiled programs, kept in a folder between processes.
//!
//! A file's name is a hash of the build, the names that programs have without importing them, and the entry with its
//! path; what it imported is in it by hashes, and a program of which any text has changed is compiled anew. What was
//! looked for and not found counts too: a module that has come since would be the one that is meant. Only programs of which
//! nothing is to be said are kept, so that warnings are told each time.
//!
//! The folder is trusted as little as any other input: what is read is verified as what the compiler makes, and a file
//! that is damaged or says anything else is as good as none. Whoever can write to it can change what programs do, though.

use crate::{Engine, LoadError, LoadedProgram, Loader, NotLoadable, PatternInfo};
use prism_bytecode::Program;
use prism_bytecode::codec::{Decoder, Encoder, Malformed};
use prism_bytecode::seal::{Fingerprint, Seal};
use prism_diagnostics::SourceMap;
use std::cell::RefCell;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io, process};

const SEAL: Seal = Seal { magic: *b"PrPK", version: 1 };

/// What tells this build from others.
const BUILD: &str = concat!(env!("CARGO_PKG_VERSION"), "-", env!("PRISM_BUILD"));

impl Engine {
    /// The same engine with a folder in which [`Engine::prepare`] keeps what it has compiled. The folder is made when it is
    /// first needed; where it can't be read or written, nothing is kept.
    #[must_use]
    pub fn keeping(self, folder: impl Into<PathBuf>) -> Engine {
        Engine { kept: Some(Arc::new(folder.into())), ..self }
    }

    /// Compiles a program and makes it ready to run; takes it from the folder of [`Engine::keeping`] if it is there.
    ///
    /// # Errors
    /// As [`Engine::load`].
    pub fn prepare(&self, path: &str, text: &str, loader: &dyn Loader) -> Result<LoadedProgram, NotLoadable> {
        let Some(folder) = &self.kept else { return self.load(self.compile(path, text, loader)) };
        let key = self.key(path, text);
        let file = folder.join(format!("{key}.prismc"));
        let found = fs::read(&file).ok().and_then(|bytes| self.revive(key, &bytes, path, text, loader));
        if let Some(program) = found {
            return Ok(program);
        }
        let recorder = Recorder { loader, lookups: RefCell::default() };
        let program = self.load(self.compile(path, text, &recorder))?;
        if program.diagnostics.is_empty() {
            // A program that can't be kept runs all the same.
            write(&file, &self.preserve(key, &program, &recorder.lookups.into_inner())).unwrap_or_default();
        }
        Ok(program)
    }

    fn key(&self, path: &str, text: &str) -> Fingerprint {
        let catalog = self.catalog().fingerprint();
        Fingerprint::of([BUILD.as_bytes(), &catalog.0, path.as_bytes(), text.as_bytes()])
    }

    fn preserve(&self, key: Fingerprint, program: &LoadedProgram, lookups: &[Lookup]) -> Vec<u8> {
        let mut out = Encoder::default();
        out.raw(&key.0);
        out.list(lookups.iter(), |out, (path, found)| {
            out.text(path);
            out.option(*found, |out, text| out.raw(&text.0));
        });
        write_pattern(&mut out, &program.pattern);
        out.raw(&program.program.to_image(self.catalog()));
        SEAL.close(out.as_bytes())
    }

    /// The program of a file, if that is sound and all texts are what they were.
    fn revive(
        &self,
        key: Fingerprint,
        bytes: &[u8],
        path: &str,
        text: &str,
        loader: &dyn Loader,
    ) -> Option<LoadedProgram> {
        let mut input = Decoder::new(SEAL.open(bytes).ok()?);
        if input.raw(Fingerprint::BYTES).ok()? != key.0 {
            return None;
        }
        let mut sources = SourceMap::new();
        sources.add(path, text);
        for _ in 0..input.count().ok()? {
            let path = input.text().ok()?;
            let was = input.option(|input| input.raw(Fingerprint::BYTES)).ok()?;
            match (was, loader.load(path)) {
                (Some(was), Ok(text)) if was == of_text(&text).0 => sources.add(path, text),
                (None, Err(LoadError::NotFound)) => continue,
                _ => return None,
            };
        }
        let pattern = read_pattern(&mut input).ok()?;
        let image = input.raw(input.left()).ok()?;
        let program = Program::from_image(image, self.catalog()).ok()?;
        let vocabulary = Arc::clone(&self.vocabulary);
        Some(LoadedProgram {
            program: Arc::new(program),
            vocabulary,
            pattern,
            diagnostics: Vec::new(),
            sources,
            was_kept: true,
        })
    }
}

/// What was looked for, and the fingerprint of what was found.
type Lookup = (String, Option<Fingerprint>);

fn of_text(text: &str) -> Fingerprint {
    Fingerprint::of([text.as_bytes()])
}

/// Writes down what the compiler looks for. Texts are told of in the order in which they come into the map.
struct Recorder<'l> {
    loader: &'l dyn Loader,
    lookups: RefCell<Vec<Lookup>>,
}

impl Loader for Recorder<'_> {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        let found = self.loader.load(path);
        let text = found.as_deref().ok().map(of_text);
        self.lookups.borrow_mut().push((path.to_owned(), text));
        found
    }
}

/// Whoever reads sees all of the file or none.
fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let partial = file.with_extension(format!("{}.partial", process::id()));
    let written = fs::File::create(&partial).and_then(|mut open| open.write_all(bytes));
    let placed = written.and_then(|()| fs::rename(&partial, file));
    if placed.is_err() {
        fs::remove_file(&partial).unwrap_or_default();
    }
    placed
}

fn write_pattern(out: &mut Encoder, pattern: &PatternInfo) {
    let PatternInfo {
        name,
        version,
        description,
        input_schema,
        agents,
        min_agents,
        max_agents,
        min_confidence,
        confidence,
        timeout,
    } = pattern;
    for text in [name, version, description, confidence] {
        out.option(text.as_deref(), Encoder::text);
    }
    for json in [input_schema, agents] {
        out.option(json.as_ref(), |out, json| out.text(&json.to_string()));
    }
    for number in [min_agents.map(u64::from), max_agents.map(u64::from), *timeout] {
        out.option(number, Encoder::number);
    }
    out.option(*min_confidence, Encoder::double);
}

fn read_pattern(input: &mut Decoder<'_>) -> Result<PatternInfo, Malformed> {
    let text = |input: &mut Decoder<'_>| input.option(|input| input.text().map(str::to_owned));
    let json = |input: &mut Decoder<'_>| {
        input.option(|input| serde_json::from_str(input.text()?).map_err(|_| input.fault("no JSON")))
    };
    let (name, version, description, confidence) = (text(input)?, text(input)?, text(input)?, text(input)?);
    let (input_schema, agents) = (json(input)?, json(input)?);
    let (min_agents, max_agents) = (input.option(Decoder::small)?, input.option(Decoder::small)?);
    let (timeout, min_confidence) = (input.option(Decoder::number)?, input.option(Decoder::double)?);
    Ok(PatternInfo {
        name,
        version,
        description,
        input_schema,
        agents,
        min_agents,
        max_agents,
        min_confidence,
        confidence,
        timeout,
    })
}
