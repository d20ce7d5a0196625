//! Cranelift's side: from translated functions to addresses, and the memory that these are in.

#![allow(unsafe_code, reason = "code is called by address, and its memory freed")]

use super::context::{Context, status};
use super::translate::{MOST_ASIDE, aside_signature, signature};
use crate::confidence::PLAIN_BITS;
use crate::value::LAST_NUMBER;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{AbiParam, FuncRef, InstBuilder, MemFlagsData, Signature, UserFuncName, Value, types};
use cranelift_codegen::isa::{CallConv, OwnedTargetIsa, TargetFrontendConfig};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_codegen::{Context as Compiling, isa};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{FuncId, Module, default_libcall_names};
use std::sync::OnceLock;

/// What compiled code gives back.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ended {
    pub(super) status: i64,
    pub(super) bits: u64,
    pub(super) conf: u64,
}

type Trampoline = unsafe extern "C" fn(
    context: *mut Context,
    offset: u64,
    closure: u64,
    depth: u64,
    code: *const u8,
    ended: *mut Ended,
);

/// The compiled code of one machine.
pub(super) struct Code {
    /// Taken out when it goes.
    module: Option<JITModule>,
    frontend: TargetFrontendConfig,
    trampoline: Trampoline,
    /// The code through which stubs are called that stand aside.
    aside: *const u8,
    /// Bytes of code made so far.
    bytes: usize,
}

/// The processor that this runs on, as code is made for it; `None` if it is none that Cranelift knows.
fn target() -> Option<OwnedTargetIsa> {
    static TARGET: OnceLock<Option<OwnedTargetIsa>> = OnceLock::new();
    let find = || {
        let mut flags = settings::builder();
        for (name, value) in [
            ("opt_level", "speed"),
            ("use_colocated_libcalls", "false"),
            ("is_pic", "false"),
            ("enable_verifier", "false"),
            ("enable_pinned_reg", "true"),
        ] {
            flags.set(name, value).ok()?;
        }
        let processor: isa::Builder = cranelift_native::builder().ok()?;
        processor.finish(settings::Flags::new(flags)).ok()
    };
    TARGET.get_or_init(find).clone()
}

impl Code {
    /// Ready to compile; `None` where code can't be made or run.
    pub(super) fn new() -> Option<Code> {
        let mut module = JITModule::new(JITBuilder::with_isa(target()?, default_libcall_names()));
        let (mut builder, mut compiling) = (FunctionBuilderContext::new(), Compiling::new());
        let way_in = trampoline(&mut module, &mut builder, &mut compiling)?;
        let way_aside = way_aside(&mut module, &mut builder, &mut compiling)?;
        module.finalize_definitions().ok()?;
        let address = module.get_finalized_function(way_in);
        // SAFETY: the code at that address was made with this signature.
        let trampoline = unsafe { std::mem::transmute::<*const u8, Trampoline>(address) };
        let aside = module.get_finalized_function(way_aside);
        let frontend = module.isa().frontend_config();
        Some(Code { module: Some(module), frontend, trampoline, aside, bytes: 0 })
    }

    /// The code through which stubs are called that stand aside: its first argument is the stub, the others are the stub's.
    /// It leaves all registers as they are.
    pub(super) fn aside(&self) -> *const u8 {
        self.aside
    }

    /// How bodies are called.
    pub(super) fn call_conv(&self) -> CallConv {
        self.frontend.default_call_conv
    }

    /// What is to be known of the processor when a body is begun.
    pub(super) fn frontend(&self) -> TargetFrontendConfig {
        self.frontend
    }

    /// Bytes of code made so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes as u64
    }

    /// Compiles a body that takes so many numbers, and the code that loads them from slots.
    ///
    /// `translate` writes the body; `None` if it has nothing to say. Gives the address of the body and that of the code
    /// which takes all arguments in their slots.
    pub(super) fn compile(
        &mut self,
        in_registers: u64,
        entry_site: u64,
        translate: impl FnOnce(FunctionBuilder<'_>, FuncRef) -> bool,
    ) -> Option<(*const u8, *const u8)> {
        let numbers = in_registers.count_ones();
        let call_conv = self.call_conv();
        let module = self.module.as_mut()?;
        // Given back at once: at the end of a run that has let go of much, freeing what is large takes malloc long.
        let (mut builder, mut compiling) = (FunctionBuilderContext::new(), Compiling::new());
        let own = signature(call_conv, numbers);
        let body = module.declare_anonymous_function(&own).ok()?;
        compiling.func.signature = own;
        compiling.func.name = UserFuncName::user(0, body.as_u32());
        let itself = module.declare_func_in_func(body, &mut compiling.func);
        if !translate(FunctionBuilder::new(&mut compiling.func, &mut builder), itself) {
            return None;
        }
        define(module, body, &mut compiling)?;
        self.bytes += compiling.compiled_code().map_or(0, |code| code.code_buffer().len());
        module.clear_context(&mut compiling);
        if numbers == 0 {
            module.finalize_definitions().ok()?;
            let address = module.get_finalized_function(body);
            return Some((address, address));
        }
        let boxed = unboxing(module, &mut builder, &mut compiling, body, in_registers, entry_site)?;
        module.finalize_definitions().ok()?;
        Some((module.get_finalized_function(body), module.get_finalized_function(boxed)))
    }

    /// Runs code that takes all arguments in their slots.
    ///
    /// # Safety
    /// The code must be this machine's, and the context's machine and fiber those that run; the fiber's stack must be what
    /// the code was compiled for.
    pub(super) unsafe fn run(
        &self,
        code: *const u8,
        context: &mut Context,
        offset: u64,
        closure: u64,
        depth: u64,
    ) -> Ended {
        let mut ended = Ended::default();
        // SAFETY: as the caller says.
        unsafe { (self.trampoline)(context, offset, closure, depth, code, &mut ended) };
        ended
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        if let Some(module) = self.module.take() {
            // SAFETY: code runs only within a call of its machine, which is gone.
            unsafe { module.free_memory() };
        }
    }
}

fn define(module: &mut JITModule, id: FuncId, compiling: &mut Compiling) -> Option<()> {
    module.define_function(id, compiling).ok()
}

/// Makes a small function: `write` gets its parameters.
fn make(
    module: &mut JITModule,
    builder: &mut FunctionBuilderContext,
    compiling: &mut Compiling,
    own: Signature,
    write: impl FnOnce(&mut JITModule, &mut FunctionBuilder<'_>, Vec<Value>),
) -> Option<FuncId> {
    let id = module.declare_anonymous_function(&own).ok()?;
    compiling.func.signature = own;
    compiling.func.name = UserFuncName::user(0, id.as_u32());
    let mut b = FunctionBuilder::new(&mut compiling.func, builder);
    let block = b.create_block();
    b.append_block_params_for_function_params(block);
    b.switch_to_block(block);
    let params = b.block_params(block).to_vec();
    write(module, &mut b, params);
    b.seal_all_blocks();
    b.finalize(module.isa().frontend_config());
    let defined = define(module, id, compiling);
    module.clear_context(compiling);
    defined.map(|()| id)
}

/// The code through which Rust calls bodies: their three results go to memory.
fn trampoline(
    module: &mut JITModule,
    builder: &mut FunctionBuilderContext,
    compiling: &mut Compiling,
) -> Option<FuncId> {
    let call_conv = module.isa().default_call_conv();
    let mut own = Signature::new(call_conv);
    own.params = vec![AbiParam::new(types::I64); 6];
    make(module, builder, compiling, own, |_, b, params| {
        let body = b.import_signature(signature(call_conv, 0));
        // Fuel is in the pinned register between bodies; what Rust has there is put back.
        let (flags, left) = (MemFlagsData::trusted(), std::mem::offset_of!(Context, left) as i32);
        let kept = b.ins().get_pinned_reg(types::I64);
        let fuel = b.ins().load(types::I64, flags, params[0], left);
        b.ins().set_pinned_reg(fuel);
        let call = b.ins().call_indirect(body, params[4], &params[..4]);
        let results = b.inst_results(call).to_vec();
        let fuel = b.ins().get_pinned_reg(types::I64);
        b.ins().store(flags, fuel, params[0], left);
        b.ins().set_pinned_reg(kept);
        for (result, offset) in results.into_iter().zip([0, 8, 16]) {
            b.ins().store(MemFlagsData::trusted(), result, params[5], offset);
        }
        b.ins().return_(&[]);
    })
}

/// The code that calls a stub with what is in the registers of arguments, of which it takes the first ones, and gives
/// nothing back.
fn way_aside(
    module: &mut JITModule,
    builder: &mut FunctionBuilderContext,
    compiling: &mut Compiling,
) -> Option<FuncId> {
    make(module, builder, compiling, aside_signature(MOST_ASIDE), |module, b, params| {
        let mut stub = Signature::new(module.isa().default_call_conv());
        stub.params = vec![AbiParam::new(types::I64); MOST_ASIDE];
        let stub = b.import_signature(stub);
        b.ins().call_indirect(stub, params[0], &params[1..]);
        b.ins().return_(&[]);
    })
}

/// The code that takes arguments from their slots and calls the body with them as numbers; what is no plain number is an
/// exit before the first instruction.
fn unboxing(
    module: &mut JITModule,
    builder: &mut FunctionBuilderContext,
    compiling: &mut Compiling,
    body: FuncId,
    in_registers: u64,
    entry_site: u64,
) -> Option<FuncId> {
    let own = signature(module.isa().default_call_conv(), 0);
    make(module, builder, compiling, own, |module, b, mut arguments| {
        let body = module.declare_func_in_func(body, b.func);
        let exit = b.create_block();
        let (flags, stack) = (MemFlagsData::trusted(), std::mem::offset_of!(Context, stack) as i32);
        let stack = b.ins().load(types::I64, flags, arguments[0], stack);
        let base = b.ins().iadd(stack, arguments[1]);
        for at in (0..64).filter(|at| in_registers >> at & 1 == 1) {
            let bits = b.ins().load(types::I64, flags, base, at * 16);
            let conf = b.ins().load(types::I64, flags, base, at * 16 + 8);
            let plain = b.ins().iconst(types::I64, PLAIN_BITS as i64);
            let plain = b.ins().icmp(IntCC::Equal, conf, plain);
            let last = b.ins().iconst(types::I64, LAST_NUMBER as i64);
            let number = b.ins().icmp(IntCC::UnsignedLessThanOrEqual, bits, last);
            let fits = b.ins().band(plain, number);
            let next = b.create_block();
            b.ins().brif(fits, next, &[], exit, &[]);
            b.switch_to_block(next);
            let number = b.ins().bitcast(types::F64, MemFlagsData::new(), bits);
            arguments.push(number);
        }
        let call = b.ins().call(body, &arguments);
        let results = b.inst_results(call).to_vec();
        b.ins().return_(&results);
        b.switch_to_block(exit);
        let ended = b.ins().iconst(types::I64, status::EXIT);
        let site = b.ins().iconst(types::I64, entry_site as i64);
        let plain = b.ins().f64const(f64::from_bits(PLAIN_BITS));
        b.ins().return_(&[ended, site, plain]);
    })
}
