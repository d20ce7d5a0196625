//! Programs as bytes, to be kept between processes.
//!
//! An image is bound to the catalog whose entries its instructions name by number, and to the version of the instruction
//! table. What is read is verified like what a compiler made: an image that was changed on purpose can be another
//! program, but none that the machine must not run.

use crate::codec::{Decoder, Encoder, Malformed};
use crate::seal::{Fingerprint, Seal, SealError};
use crate::{
    Capture, Catalog, Constant, ConstantId, Function, FunctionId, Handler, Instr, Module, Mutation, Mutator, Op,
    Params, Path, Program, Step, VerifyError, verify,
};

/// How images of programs begin. The version is raised whenever instructions, their meaning or the layout change.
pub const IMAGE: Seal = Seal { magic: *b"PrPI", version: 1 };

/// Why an image gives no program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// It is none that this build reads.
    #[error(transparent)]
    Sealed(#[from] SealError),
    /// Its instructions name entries of another library.
    #[error("it was made for another library")]
    Library,
    /// It is no program.
    #[error("it holds no program: {0}")]
    Malformed(#[from] Malformed),
    /// It is a program that the machine must not run.
    #[error("it holds a program that can't be run: {0}")]
    Invalid(#[from] VerifyError),
}

impl Program {
    /// The program as bytes; `catalog` is that which it was compiled with.
    pub fn to_image(&self, catalog: &Catalog) -> Vec<u8> {
        let mut body = Encoder::default();
        body.raw(&catalog.fingerprint().0);
        program(&mut body, self);
        IMAGE.close(body.as_bytes())
    }

    /// The program of such bytes, verified.
    ///
    /// # Errors
    /// If they are no image, one for another catalog, or not of a program that can be run.
    pub fn from_image(bytes: &[u8], catalog: &Catalog) -> Result<Program, ImageError> {
        let mut body = Decoder::new(IMAGE.open(bytes)?);
        if body.raw(Fingerprint::BYTES)? != catalog.fingerprint().0 {
            return Err(ImageError::Library);
        }
        let program = read_program(&mut body)?;
        body.finish()?;
        verify(&program, catalog)?;
        Ok(program)
    }

    /// What it is told apart by in other processes.
    pub fn fingerprint(&self) -> Fingerprint {
        self.identity.get(|| {
            let mut bytes = Encoder::default();
            program(&mut bytes, self);
            Fingerprint::of([bytes.as_bytes()])
        })
    }
}

impl Catalog {
    /// What it is told apart by in other processes: names and numbers of its entries, what they take and give.
    pub fn fingerprint(&self) -> Fingerprint {
        self.identity.get(|| {
            let entries: Vec<_> = self.iter().map(|(_, entry)| format!("{entry:?}")).collect();
            Fingerprint::of(entries.iter().map(String::as_bytes))
        })
    }
}

fn program(out: &mut Encoder, program: &Program) {
    out.list(program.constants.iter(), |out, constant| match constant {
        Constant::Number(number) => {
            out.byte(0);
            out.double(*number);
        }
        Constant::String(text) => {
            out.byte(1);
            out.text(text);
        }
    });
    out.list(program.modules.iter(), |out, module| {
        out.text(&module.path);
        out.number(module.function.0.into());
    });
    out.number(program.exports.into());
    out.byte(program.host_names);
    out.list(program.functions.iter(), function);
}

fn read_program(bytes: &mut Decoder<'_>) -> Result<Program, Malformed> {
    let constants = bytes.list(|bytes| match bytes.byte()? {
        0 => bytes.double().map(Constant::Number),
        1 => bytes.text().map(|text| Constant::String(text.into())),
        _ => Err(bytes.fault("no kind of constant")),
    })?;
    let modules =
        bytes.list(|bytes| Ok(Module { path: bytes.text()?.to_owned(), function: FunctionId(bytes.small()?) }))?;
    let exports = exports(bytes)?;
    let host_names = bytes.byte()?;
    let functions = bytes.list(read_function)?;
    Ok(Program { modules, functions, constants, exports, host_names, identity: Default::default() })
}

/// Every export is made by an instruction, so an image that says there are more than it has bytes says something wrong.
fn exports(bytes: &mut Decoder<'_>) -> Result<u32, Malformed> {
    let count = bytes.count()?;
    u32::try_from(count).map_err(|_| bytes.fault("too many exports"))
}

fn function(out: &mut Encoder, function: &Function) {
    let Function { name, params, registers, is_async, captures, code, spans, handlers, names, keys, mutations, paths } =
        function;
    out.text(name);
    out.number(params.required.into());
    out.number(params.optional.into());
    out.bool(params.rest);
    out.number((*registers).into());
    out.bool(*is_async);
    out.list(captures.iter(), |out, capture| {
        let (kind, place) = match *capture {
            Capture::Register(register) => (0, register),
            Capture::Capture(place) => (1, place),
        };
        out.byte(kind);
        out.number(place.into());
    });
    out.list(code.iter(), |out, Instr { op, x, a, b, c }| {
        out.raw(&[*op as u8, *x]);
        [a, b, c].iter().for_each(|operand| out.raw(&operand.to_le_bytes()));
    });
    out.list(spans.iter(), |out, span| out.span(Some(*span)));
    out.list(handlers.iter(), |out, Handler { start, end, target, error }| {
        [*start, *end, *target, (*error).into()].iter().for_each(|number| out.number((*number).into()));
    });
    out.list(names.iter(), |out, id| out.number(id.0.into()));
    out.list(keys.iter(), |out, list| out.list(list.iter(), |out, id| out.number(id.0.into())));
    out.list(mutations.iter(), |out, Mutation { mutator, root, steps, spread }| {
        out.byte(*mutator as u8);
        out.number((*root).into());
        out.byte(*steps);
        out.bool(*spread);
    });
    out.list(paths.iter(), |out, Path { root, steps }| {
        out.number((*root).into());
        out.list(steps.iter(), |out, step| {
            let (kind, place) = match *step {
                Step::Register(register) => (0, register),
                Step::Name(name) => (1, name),
            };
            out.byte(kind);
            out.number(place.into());
        });
    });
}

fn read_function(bytes: &mut Decoder<'_>) -> Result<Function, Malformed> {
    Ok(Function {
        name: bytes.text()?.into(),
        params: Params { required: bytes.small()?, optional: bytes.small()?, rest: bytes.bool()? },
        registers: bytes.small()?,
        is_async: bytes.bool()?,
        captures: bytes.list(|bytes| match bytes.byte()? {
            0 => bytes.small().map(Capture::Register),
            1 => bytes.small().map(Capture::Capture),
            _ => Err(bytes.fault("no kind of capture")),
        })?,
        code: bytes.list(read_instruction)?,
        spans: bytes.list(|bytes| bytes.span()?.ok_or_else(|| bytes.fault("an instruction without its place")))?,
        handlers: bytes.list(|bytes| {
            let (start, end, target) = (bytes.small()?, bytes.small()?, bytes.small()?);
            Ok(Handler { start, end, target, error: bytes.small()? })
        })?,
        names: bytes.list(|bytes| bytes.small().map(ConstantId))?,
        keys: bytes.list(|bytes| bytes.list(|bytes| bytes.small().map(ConstantId)))?,
        mutations: bytes.list(|bytes| {
            let mutator = bytes.one_of(Mutator::ALL)?;
            Ok(Mutation { mutator, root: bytes.small()?, steps: bytes.byte()?, spread: bytes.bool()? })
        })?,
        paths: bytes.list(|bytes| {
            let root = bytes.small()?;
            let steps = bytes.list(|bytes| match bytes.byte()? {
                0 => bytes.small().map(Step::Register),
                1 => bytes.small().map(Step::Name),
                _ => Err(bytes.fault("no kind of step")),
            })?;
            Ok(Path { root, steps })
        })?,
    })
}

fn read_instruction(bytes: &mut Decoder<'_>) -> Result<Instr, Malformed> {
    let [op, x, a, a2, b, b2, c, c2] = *bytes.raw(size_of::<Instr>())? else {
        return Err(bytes.fault("no instruction"));
    };
    let op = Op::ALL.get(usize::from(op)).copied().ok_or_else(|| bytes.fault("no instruction of that number"))?;
    Ok(Instr { op, x, a: u16::from_le_bytes([a, a2]), b: u16::from_le_bytes([b, b2]), c: u16::from_le_bytes([c, c2]) })
}
