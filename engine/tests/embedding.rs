//! Programs inside a Rust program: functions of the host, sync and async, values in and out, faults on both sides.

use prism_diagnostics::Code;
use prism_engine::{
    BuildError, Engine, EvalError, Evaluation, HostError, Limits, MemoryProject, Session, Surroundings, Uncertain,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::future::{pending, poll_fn};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use tokio::sync::{Barrier, oneshot};

fn stock(item: String) -> Result<u32, HostError> {
    match item.as_str() {
        "lamp" => Ok(3),
        "desk" => Ok(0),
        _ => Err(HostError::new("no such item").with("item", item)),
    }
}

fn shop() -> Engine {
    Engine::builder().function("stock(item: string): number", stock).build().expect("an engine")
}

fn with<A>(declaration: &str, function: impl prism_engine::Function<A>) -> Engine {
    Engine::builder().function(declaration, function).build().expect("an engine")
}

fn value(engine: &Engine, text: &str) -> Value {
    done(engine.eval(text, json!({}))).value
}

fn done(result: Result<Evaluation, EvalError>) -> Evaluation {
    result.unwrap_or_else(|fault| panic!("{fault}"))
}

fn failure(result: Result<Evaluation, EvalError>) -> prism_diagnostics::RunError {
    match result {
        Err(EvalError::Run { error, .. }) => error,
        other => panic!("not a failed run: {other:?}"),
    }
}

fn build_fault(declaration: &str) -> String {
    let built = Engine::builder().function(declaration, |_: Value| Ok(0)).build();
    built.expect_err(declaration).to_string()
}

#[test]
fn a_function_is_one_of_the_language_s() {
    let engine = shop();
    assert_eq!(value(&engine, "stock(\"lamp\") + 1"), json!(4));
    assert_eq!(value(&engine, "[\"lamp\", \"desk\"].map(stock)"), json!([3, 0]));
    assert_eq!(value(&engine, "\"lamp\" |> stock"), json!(3));
    assert_eq!(value(&engine, "f = stock\n[f(\"lamp\"), typeof f, stock(...[\"desk\"])]"), json!([3, "function", 0]));
    assert_eq!(value(&engine, "stock = x => 9\nstock(1)"), json!(9));
    assert_eq!(value(&engine, "await Promise.all([delay(5), delay(1)])\nstock(\"lamp\")"), json!(3));
}

#[test]
fn the_machine_counts_arguments_and_compares_kinds() {
    let engine = shop();
    let wrong = failure(engine.eval("stock(...JSON.parse(\"[]\"))", json!({})));
    assert_eq!((wrong.code, wrong.message.as_str()), (Code::R0001, "stock expects 1 argument, got 0"));
    let wrong = failure(engine.eval("stock(JSON.parse(\"1\"))", json!({})));
    assert_eq!((wrong.code, wrong.message.as_str()), (Code::R0002, "stock: argument 1 must be a string, got number"));
    let twice = with("twice(n: number): number", |n: u8| Ok(u16::from(n) * 2));
    let wrong = failure(twice.eval("twice(1.5)", json!({})));
    assert_eq!((wrong.code, wrong.message.as_str()), (Code::R0002, "twice: argument 1: expected u8, got 1.5"));
    let wrong = failure(twice.eval("twice(300)", json!({})));
    assert_eq!(wrong.message, "twice: argument 1: expected u8, got 300");
}

#[test]
fn calls_are_checked_against_the_declaration() {
    let engine = shop();
    for (text, code) in [("stock()", Code::E0400), ("stock(1)", Code::E0401), ("stock(\"lamp\") + [1]", Code::E0401)] {
        match engine.eval(text, json!({})) {
            Err(EvalError::Compile { diagnostics, .. }) => assert_eq!(diagnostics[0].code, code, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn arguments_may_be_missing_or_many() {
    let engine = Engine::builder()
        .function("greet(name: string, title?: string): string", |name: String, title: Option<String>| {
            Ok(title.map_or(name.clone(), |title| format!("{title} {name}")))
        })
        .function("joined(mark: string, ...words: string): string", |mark: String, words: Vec<String>| {
            Ok(words.join(&mark))
        })
        .function("nothing()", || Ok(()))
        .build()
        .expect("an engine");
    assert_eq!(value(&engine, "[greet(\"Ada\"), greet(\"Ada\", \"Dr\")]"), json!(["Ada", "Dr Ada"]));
    assert_eq!(value(&engine, "[joined(\"-\"), joined(\"-\", \"a\", \"b\")]"), json!(["", "a-b"]));
    assert_eq!(value(&engine, "nothing()"), Value::Null);
}

#[test]
fn an_error_of_the_host_is_one_of_the_program() {
    let engine = shop();
    let text = "fn left(item) {\n  return stock(item)\n}\nleft(\"sofa\")\n";
    let Err(EvalError::Run { error, sources, .. }) = engine.eval(text, json!({})) else { panic!("no failure") };
    assert_eq!((error.code, error.message.as_str()), (Code::R0012, "no such item"));
    assert_eq!(sources.position(error.span.expect("a place")).line, 2);
    assert_eq!(error.stack.iter().map(|frame| &*frame.name).collect::<Vec<_>>(), ["left", "<main>"]);
    let caught = "try { stock(\"sofa\") } catch (e) { [e.code, e.message, e.data, e.line] }";
    let expected = json!(["host", "no such item", {"function": "stock", "item": "sofa"}, 1]);
    assert_eq!(value(&engine, caught), expected);
    let parsed = with("parsed(text: string): number", |text: String| Ok(text.parse::<f64>()?));
    assert_eq!(failure(parsed.eval("parsed(\"x\")", json!({}))).message, "invalid float literal");
}

#[test]
fn a_function_that_breaks_off_is_a_failed_call() {
    let calls = AtomicUsize::new(0);
    let engine = with("frail(n: number): number", move |n: f64| {
        calls.fetch_add(1, Ordering::Relaxed);
        if n < 0.0 { panic!("below {}", 0) } else { Ok(calls.load(Ordering::Relaxed)) }
    });
    let text = "first = try { frail(-1) } catch (e) { e.message }\n[first, frail(1)]";
    assert_eq!(value(&engine, text), json!(["frail: it broke off: below 0", 2]));
}

#[test]
fn declarations_are_read_with_the_grammar() {
    for (declaration, says) in [
        ("stock", "no parameters"),
        ("stock(item: strng): number", "no type `strng`"),
        ("stock(item: array<strng>): number", "no type `strng`"),
        ("stock(item: string): numbr", "its result: there is no type `numbr`"),
        ("stock(item: string", "never closed"),
        ("stock(item): number {} function other()", "goes on"),
        ("stock(f: (number) -> number): number", "can't leave their program"),
        ("stock(f: function): number", "can't leave their program"),
        ("stock(item: string = \"x\"): number", "item?"),
        ("stock(item: string ~ [0.5, 1]): number", "promises a confidence"),
        ("stock([a, b]): number", "a name and a type"),
        ("two words(a: any): any", "no name"),
        ("if(a: any): any", "no name"),
        ("(a: any): any", "no name"),
        ("crm..lookup(a: any): any", "no name"),
        ("crm.if(a: any): any", "no name"),
        ("stock(a: any, b: any): any", "takes 1 arguments, the declaration has 2"),
    ] {
        let fault = build_fault(declaration);
        assert!(fault.contains(says), "{declaration}: {fault}");
    }
}

#[test]
fn names_that_mean_something_are_taken() {
    for (name, says) in [
        ("len", "a name of the library"),
        ("Math", "a name of the library"),
        ("Math.sqrt", "a name of the library"),
        ("Math.mine", "a name of the library"),
        ("input", "a free name of patterns"),
        ("input.of", "a free name of patterns"),
        ("string.mine", "a kind of values"),
    ] {
        let fault = build_fault(&format!("{name}(a: any): any"));
        assert!(fault.contains(says), "{name}: {fault}");
    }
    let built = |first: &str, second: &str| {
        let nothing = |_: Value| Ok(0);
        let both = Engine::builder().function(first, nothing).function(second, nothing);
        both.build().expect_err(second)
    };
    let twice = built("mine(a: any)", "mine(b: any)");
    assert_eq!(twice, BuildError::Taken { name: "mine".to_owned(), what: "declared already" });
    assert!(built("crm(a: any)", "crm.find(a: any)").to_string().contains("function already"));
    assert!(built("crm.find(a: any)", "crm(a: any)").to_string().contains("namespace already"));
}

#[test]
fn names_may_stand_in_namespaces() {
    let engine = Engine::builder()
        .function("crm.lookup(id: string): object", |id: String| Ok(json!({"id": id, "vip": true})))
        .function("crm.orders.count(id: string): number", |id: String| Ok(id.len()))
        .build()
        .expect("an engine");
    let text = "[crm.lookup(\"c7\").vip, crm.orders.count(\"c7\"), [\"a\", \"bc\"].map(crm.orders.count)]";
    assert_eq!(value(&engine, text), json!([true, 2, [1, 2]]));
    let caught = "try { crm.orders.count() } catch (e) { e.message }";
    assert_eq!(value(&engine, caught), json!("count expects 1 argument, got 0"));
    let unknown = engine.eval("crm.orders.sum(\"c7\")", json!({}));
    assert!(unknown.is_err(), "{unknown:?}");
}

#[test]
fn engines_share_the_library_and_nothing_else() {
    let (plain, engine) = (Engine::new(), shop());
    assert!(matches!(plain.eval("stock(\"lamp\")", json!({})), Err(EvalError::Compile { .. })));
    assert_eq!(value(&engine, "[3, 1, 2].sort().map(n => n * 2)"), json!([2, 4, 6]));
    for (id, entry) in plain.catalog().iter() {
        let same = engine.catalog().get(id).expect("an entry");
        assert_eq!((&same.path, same.signature()), (&entry.path, entry.signature()));
    }
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    order_id: u64,
    lines: Vec<Line>,
    paid: Option<f64>,
    state: State,
    notes: BTreeMap<String, (i8, char)>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Line {
    item: String,
    count: Uncertain<u32>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
enum State {
    Open,
    Shipped { by: String },
    Returned(u8, u8),
    Lost(String),
}

fn order(state: State) -> Order {
    Order {
        order_id: 9_007_199_254_740_992,
        lines: vec![
            Line { item: "lamp".to_owned(), count: Uncertain::new(2, 0.8) },
            Line { item: "desk".to_owned(), count: Uncertain::plain(1) },
        ],
        paid: None,
        state,
        notes: BTreeMap::from([("a\"}\n".to_owned(), (-1, '…'))]),
    }
}

#[test]
fn rust_types_go_in_and_come_out_as_they_are() {
    let states =
        [State::Open, State::Shipped { by: "van".to_owned() }, State::Returned(1, 2), State::Lost("x".to_owned())];
    for state in states {
        let order = order(state);
        let back = done(Engine::new().eval("input", &order));
        assert_eq!(back.read::<Order>().expect("an order"), order);
        let seen = Arc::new(Mutex::new(None));
        let keeper = Arc::clone(&seen);
        let engine = with("keep(order: object): object", move |order: Order| {
            *keeper.lock().expect("a lock") = Some(order.clone());
            Ok(order)
        });
        assert_eq!(done(engine.eval("keep(input)", &order)).read::<Order>().expect("an order"), order);
        assert_eq!(seen.lock().expect("a lock").as_ref(), Some(&order));
    }
}

#[test]
fn values_that_fit_no_type_are_refused_with_reason() {
    let fault = |input: &dyn erased::Input| input.fault();
    assert!(fault(&u64::MAX).contains("18446744073709551615 is not exactly a number"));
    assert!(fault(&HashMap::from([((1, 2), 3)])).contains("keys of an object are texts"));
    assert!(fault(&Uncertain::new(1, f64::NAN)).contains("this is NaN"));
    assert!(fault(&(0..200).fold(json!(1), |inner, _| json!([inner]))).contains("100 levels"));
    let done = done(Engine::new().eval("{n: 1.5, f: x => x}", json!({})));
    assert!(done.read::<Value>().expect_err("a function").to_string().contains("holds a function"));
    let done = self::done(Engine::new().eval("[1, null]", json!({})));
    assert_eq!(done.read::<Vec<u8>>().expect_err("null").to_string(), "expected u8, got null");
    assert_eq!(done.read::<[Option<u8>; 2]>().expect("both"), [Some(1), None]);
    assert!(done.read::<[Option<u8>; 1]>().is_err());
}

/// Inputs of different types in one list.
mod erased {
    pub trait Input {
        fn fault(&self) -> String;
    }

    impl<T: serde::Serialize> Input for T {
        fn fault(&self) -> String {
            super::Engine::new().eval("input", self).expect_err("a fault").to_string()
        }
    }
}

#[test]
fn no_value_goes_through_source_text() {
    let hostile = "\"}; throw \"x\" //\n${input}";
    let engine = with("echo(text: string): string", |text: String| Ok(text));
    assert_eq!(done(engine.eval("echo(input.text)", json!({"text": hostile}))).value, json!(hostile));
    // Plain data can't pass for a confident value.
    let forged = json!({"$conf": 0.1, "value": 1});
    let done = done(engine.eval("[confident(input.x), input.x]", json!({"x": forged})));
    assert_eq!(done.value, json!([false, forged]));
}

#[test]
fn arguments_count_for_the_confidence_unless_the_function_sees_theirs() {
    let engine = Engine::builder()
        .function("plus(a: number, b: number): number", |a: f64, b: f64| Ok(a + b))
        .function("sure(a: any): boolean", |a: Uncertain<Value>| Ok(a.confidence_or_one() > 0.7))
        .function("guess(a: any): any", |a: Value| Ok(Uncertain::new(a, 0.5)))
        .function("lift(a: any, b: number): any", |a: Uncertain<f64>, b: f64| {
            Ok(Uncertain { value: a.value + b, confidence: a.confidence.map(f64::sqrt) })
        })
        .function("sum(...of: number): number", |of: Vec<f64>| Ok(of.iter().sum::<f64>()))
        .function("count(xs: array<number>): number", |xs: Vec<Uncertain<f64>>| Ok(xs.len()))
        .function("maybe(x?: number): boolean", |x: Option<Uncertain<f64>>| Ok(x.is_some()))
        .function("total(...of: number): number", |of: Vec<Uncertain<f64>>| {
            let confidence = of.iter().map(Uncertain::confidence_or_one).product();
            Ok(Uncertain::new(of.iter().map(|one| one.value).sum::<f64>(), confidence))
        })
        .build()
        .expect("an engine");
    let confidence = |text: &str| done(engine.eval(text, json!({}))).confidence;
    assert_eq!(confidence("plus(1, 2)"), None);
    assert_eq!(confidence("plus(1 ~> 0.9, 2 ~> 0.4)"), Some(0.4));
    assert_eq!(value(&engine, "[sure(1), sure(1 ~> 0.9), sure(1 ~> 0.2)]"), json!([true, true, false]));
    assert_eq!(confidence("sure(1 ~> 0.9)"), None);
    assert_eq!(confidence("guess(1)"), Some(0.5));
    assert_eq!(confidence("guess(1 ~> 0.5)"), Some(0.25));
    assert_eq!(confidence("lift(1 ~> 0.25, 2)"), Some(0.5));
    assert_eq!(confidence("lift(1 ~> 0.25, 2 ~> 0.5)"), Some(0.25));
    assert_eq!(confidence("total(1 ~> 0.5, 2 ~> 0.5, 3)"), Some(0.25));
    assert_eq!(confidence("sum(1 ~> 0.5, 2 ~> 0.6, 3)"), Some(0.5));
    assert_eq!(confidence("count([1 ~> 0.5])"), None);
    assert_eq!(confidence("count([1 ~> 0.5] ~> 0.8)"), Some(0.8));
    assert_eq!(confidence("maybe(1 ~> 0.5)"), None);
    let rules = Surroundings { confidence: Some(prism_confidence::Algebra::Product.into()), ..Surroundings::default() };
    let product = done(engine.eval_in("plus(1 ~> 0.5, 2 ~> 0.5)", json!({}), rules));
    assert_eq!(product.read::<Uncertain<u8>>().expect("a number"), Uncertain::new(3, 0.25));
}

#[test]
fn what_a_hostile_function_gives_is_held_to_the_rules() {
    let engine = Engine::builder()
        .function("nan(): number", || Ok(Uncertain::new(1, f64::NAN)))
        .function("loud(): number", || Ok(Uncertain::new(1, 7.0)))
        .function("liar(): number", || Ok("no number"))
        .function("noisy(): any", || Err::<(), _>(HostError::new("one\ntwo\u{1b}[31m")))
        .function("huge(): array<number>", || Ok(vec![0u8; 1 << 20]))
        .function("deep(): any", || Ok((0..200).fold(json!(1), |inner, _| json!([inner]))))
        .build()
        .expect("an engine");
    let message = |text: &str| value(&engine, &format!("try {{ {text} }} catch (e) {{ e.message }}"));
    assert_eq!(message("nan()"), json!("nan: the result: a confidence is a number from 0 to 1, and this is NaN"));
    assert_eq!(done(engine.eval("loud()", json!({}))).confidence, Some(1.0));
    assert_eq!(message("liar()"), json!("liar: the result must be a number, got string"));
    assert_eq!(message("noisy()"), json!("one\ntwo\u{1b}[31m"));
    assert_eq!(message("deep()"), json!("deep: the result: it is nested more than 100 levels deep"));
    let limits = Limits { memory: 4 << 20, ..Limits::default() };
    let stopped = failure(engine.eval_in("try { huge().length } catch (e) { 0 }", json!({}), limits));
    assert_eq!(stopped.code, Code::R0101);
}

#[test]
fn what_a_hostile_program_gives_a_function_is_limited() {
    let engine = with("take(x: any): number", |_: Value| Ok(1));
    // What a function is given is the host's memory, of which this much is too little for the rule about parts to matter.
    let roomy = Limits { memory: 4 << 30, ..Limits::default() };
    let message = |text: &str| failure(engine.eval_in(text, json!({}), roomy)).message;
    let shared = |levels: u8| format!("x = [1]\nfor i in range({levels}) {{ x = [x, x] }}\ntake(x)");
    assert_eq!(message(&shared(21)), "take: argument 1 has more than 1048576 parts");
    let limits = Limits { fuel: 100_000, ..Limits::default() };
    assert_eq!(failure(engine.eval_in(&shared(60), json!({}), limits)).code, Code::R0100);
    assert!(message("x = 1\nfor i in range(200) { x = [x] }\ntake(x)").contains("nested"));
    assert!(message("take([x => x])").contains("argument 1 holds a function, which can't leave its program"));
}

#[test]
fn a_session_has_the_functions_too() {
    let (mut session, project) = (Session::new(&shop()), MemoryProject::new());
    session.eval("let left = stock(\"lamp\")", &project).expect("an input");
    assert_eq!(done(session.eval("left + stock(\"desk\")", &project)).value, json!(3));
}

#[test]
fn limits_hold_around_functions() {
    let engine = shop();
    let program = engine.program("while true { stock(\"lamp\") }").expect("a program");
    let limits = Limits { fuel: 1000, ..Limits::default() };
    assert_eq!(failure(program.run_in(json!({}), limits)).code, Code::R0100);
    let stops = with("f(n: number): number", |n: f64| Ok(n));
    let nested = failure(stops.eval("fn down(n) { return f(n) + down(n + 1) }\ndown(0)", json!({})));
    assert_eq!(nested.code, Code::R0102);
}

#[test]
fn a_function_may_run_a_program_itself() {
    let inner = shop();
    let engine = with("count(item: string): number", move |item: String| {
        let done = inner.eval("stock(input.item) ~> 0.5", json!({"item": item}));
        Ok(done?.read::<Uncertain<f64>>()?)
    });
    let done = done(engine.eval("parts = [1, 2]\nparts.push(count(\"lamp\"))\nparts", json!({})));
    assert_eq!(done.value, json!([1, 2, {"$conf": 0.5, "value": 3}]));
}

#[test]
fn tasks_in_arguments_have_ended() {
    let engine = with("take(x: any): any", |x: Value| Ok(x));
    let text = "async fn slow(n) { await delay(n)\n return n ~> 0.5 }\ntake({a: [slow(2), slow(1)]})";
    assert_eq!(value(&engine, text), json!({"a": [2, 1]}));
    let counted = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&counted);
    let engine = with("once(x: any): any", move |x: Value| {
        counter.fetch_add(1, Ordering::Relaxed);
        Ok(x)
    });
    value(&engine, "async fn slow(n) { await delay(n)\n return n }\nonce([slow(2), slow(1)])");
    assert_eq!(counted.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn calls_of_async_functions_run_side_by_side() {
    // Neither call ends before both have begun.
    let barrier = Arc::new(Barrier::new(2));
    let engine = Engine::builder()
        .async_function("rate(text: string): number", move |text: String| {
            let barrier = Arc::clone(&barrier);
            async move {
                barrier.wait().await;
                Ok(Uncertain::new(text.len(), 0.7))
            }
        })
        .build()
        .expect("an engine");
    let program =
        engine.program("a = rate(\"ab\" ~> 0.5)\nb = rate(\"abc\")\n{a: a, b: b, sum: a + b}").expect("a program");
    let done = done(program.run_async(json!({})).await);
    let conf = |value: u8, confidence: f64| json!({"$conf": confidence, "value": value});
    assert_eq!(done.value, json!({"a": conf(2, 0.35), "b": conf(3, 0.7), "sum": conf(5, 0.35)}));
    let mapped = engine.program("[\"a\", \"bc\"].map(rate)").expect("a program");
    assert_eq!(self::done(mapped.run_async(json!({})).await).value, json!([conf(1, 0.7), conf(2, 0.7)]));
}

/// Tells when it is dropped.
struct Guard(Option<oneshot::Sender<()>>);

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(sender) = self.0.take() {
            let _ = sender.send(());
        }
    }
}

#[tokio::test]
async fn a_call_that_nobody_needs_is_dropped() {
    let (sender, dropped) = oneshot::channel();
    let sender = Mutex::new(Some(sender));
    let dropped = Arc::new(tokio::sync::Mutex::new(Some(dropped)));
    let engine = Engine::builder()
        .async_function("never(): any", move || {
            let guard = Guard(sender.lock().expect("a lock").take());
            async move {
                let _guard = guard;
                pending::<()>().await;
                Ok(())
            }
        })
        .async_function("soon(): string", || async { Ok("soon") })
        .async_function("gone(): string", move || {
            let dropped = Arc::clone(&dropped);
            async move {
                let Some(dropped) = dropped.lock().await.take() else { return Err(HostError::new("asked twice")) };
                Ok(dropped.await.map(|()| "gone")?)
            }
        })
        .build()
        .expect("an engine");
    // `gone` ends only when `never` has been dropped, while the program still runs.
    let text = "async fn first() { return await Promise.race([never(), soon()]) }\n[await first(), await gone()]";
    let program = engine.program(text).expect("a program");
    assert_eq!(done(program.run_async(json!({})).await).value, json!(["soon", "gone"]));
}

#[tokio::test]
async fn dropping_the_run_drops_its_calls() {
    let (sender, mut dropped) = oneshot::channel();
    let sender = Mutex::new(Some(sender));
    let engine = Engine::builder()
        .async_function("never(): any", move || {
            let guard = Guard(sender.lock().expect("a lock").take());
            async move {
                let _guard = guard;
                pending::<()>().await;
                Ok(())
            }
        })
        .build()
        .expect("an engine");
    let program = engine.program("await never()").expect("a program");
    {
        let mut run = Box::pin(program.run_async(json!({})));
        poll_fn(|context| {
            assert!(run.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;
        assert!(dropped.try_recv().is_err());
    }
    assert_eq!(dropped.try_recv(), Ok(()));
}

#[tokio::test]
async fn faults_of_async_functions_are_raised_where_they_are_used() {
    let engine = Engine::builder()
        .async_function("fails(why: string): any", |why: String| async move { Err::<(), _>(HostError::new(why)) })
        .async_function("breaks(): any", || async {
            let ready = Cell::new(true);
            assert!(!ready.get(), "not ready");
            Ok(())
        })
        .async_function("lies(): number", || async { Ok("text") })
        .build()
        .expect("an engine");
    let run = async |text: &str| engine.program(text).expect("a program").run_async(json!({})).await;
    let text = "fn go() {\n  t = fails(\"no\")\n  return t + 1\n}\ngo()";
    let Err(EvalError::Run { error, sources, .. }) = run(text).await else { panic!("no failure") };
    assert_eq!((error.code, error.message.as_str()), (Code::R0012, "no"));
    assert_eq!(sources.position(error.span.expect("a place")).line, 3);
    assert_eq!(error.stack.first().map(|frame| frame.name.to_string()), Some("go".to_owned()));
    let caught = async |call: &str| {
        done(run(&format!("try {{ await {call} }} catch (e) {{ [e.code, e.message, e.data?.function] }}")).await).value
    };
    assert_eq!(caught("fails(\"x\\ny\")").await, json!(["host", "x\ny", "fails"]));
    assert_eq!(caught("breaks()").await, json!(["host", "breaks: it broke off: not ready", "breaks"]));
    let lie = "lies: the result must be a number, got string";
    assert_eq!(caught("lies()").await, json!(["host", lie, "lies"]));
    assert_eq!(caught("fails(1)").await[0], json!("type"));
}

#[test]
fn async_functions_need_a_run_that_waits() {
    let engine = Engine::builder().async_function("soon(): number", || async { Ok(1) }).build().expect("an engine");
    let refused = failure(engine.eval("await soon()", json!({})));
    assert_eq!(refused.code, Code::R0012);
    assert!(refused.message.contains("soon: it is asynchronous") && refused.message.contains("run_async"));
    assert_eq!(value(&engine, "1 + 1"), json!(2));
}

#[tokio::test]
async fn delays_end_when_no_function_is_under_way() {
    let engine = Engine::builder()
        .async_function("turns(n: number): number", |n: u32| async move {
            for _ in 0..n {
                tokio::task::yield_now().await;
            }
            Ok(n)
        })
        .build()
        .expect("an engine");
    let text =
        "begin = now()\nfirst = await Promise.race([delay(1), turns(50)])\nawait delay(20)\n[first, now() - begin]";
    let done = done(engine.program(text).expect("a program").run_async(json!({})).await);
    assert_eq!(done.value, json!([50, 20]));
}

#[tokio::test]
async fn runs_share_a_thread_and_may_move_between_threads() {
    let engine = Engine::builder()
        .async_function("soon(n: number): number", |n: u64| async move {
            tokio::task::yield_now().await;
            Ok(n)
        })
        .build()
        .expect("an engine");
    let program = engine.program("s = 0\nfor i in range(50) { s += soon(i) }\ns * input.k").expect("a program");
    let runs = (0..8u8).map(|k| {
        let program = program.clone();
        tokio::spawn(async move { program.run_async(json!({"k": k})).await })
    });
    let sum = done(program.run_async(json!({"k": 1})).await).read::<u64>().expect("a sum");
    for (k, run) in runs.enumerate() {
        let done = done(run.await.expect("a run"));
        assert_eq!(done.read::<u64>().expect("a number"), sum * k as u64);
    }
}

#[tokio::test]
async fn the_same_program_asks_for_the_same_calls_in_the_same_order() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let engine = Engine::builder()
        .async_function("note(n: number): number", move |n: u32| {
            log.lock().expect("a lock").push(n);
            async move { Ok(n) }
        })
        .build()
        .expect("an engine");
    let program = engine.program("[1, 2, 3].map(n => note(n) + note(n * 10))").expect("a program");
    let mut orders = Vec::new();
    for _ in 0..3 {
        done(program.run_async(json!({})).await);
        orders.push(std::mem::take(&mut *seen.lock().expect("a lock")));
    }
    assert!(orders.windows(2).all(|pair| pair[0] == pair[1]), "{orders:?}");
    assert_eq!(orders[0].len(), 6);
}
