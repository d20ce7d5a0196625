//! The heap through its public face: copies on write, counting, release without recursion.

use prism_vm::runtime::BoundedText;
use prism_vm::value::heap::{BytesScope, Charge, HeapCounts, Ref, counts, footprint, live_bytes};
use prism_vm::value::{Array, Object, Shape, Str, Value, same_or_nan, strictly_equal};

fn key(name: &str) -> Ref<Str> {
    Ref::new(Str::new(name))
}

#[test]
fn arrays_are_values() {
    let mut a = Value::array(vec![Value::number(1.0)]);
    let b = a.clone();
    if let Some(array) = a.as_array_mut() {
        array.push(Value::from("new"));
    }
    assert_eq!(a.as_array().map(|array| array.len()), Some(2));
    assert_eq!(b.as_array().map(|array| array.len()), Some(1));
}

#[test]
fn objects_keep_order_and_share_shapes() {
    let root = Shape::root();
    let build = |names: &[&str]| {
        let mut object = Object::new(&root);
        names.iter().enumerate().for_each(|(at, name)| object.set(&key(name), Value::number(at as f64)));
        object
    };
    let (a, b) = (build(&["x", "y"]), build(&["x", "y"]));
    assert!(a.shape().zip(b.shape()).is_some_and(|(a, b)| std::rc::Rc::ptr_eq(a, b)));
    let many: Vec<String> = (0..100).map(|at| format!("k{at}")).collect();
    let table = build(&many.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(table.shape().is_none(), "an object with many keys has a table of its own");
    assert_eq!(table.keys().map(|key| key.as_str().to_owned()).collect::<Vec<_>>(), many);
    assert_eq!(table.get("k99").and_then(Value::as_number), Some(99.0));
}

#[test]
fn everything_that_was_counted_is_given_back() {
    let scope = BytesScope::enter(0);
    {
        let root = Shape::root();
        let mut object = Object::new(&root);
        for at in 0..1000 {
            let items = (0..at % 7).map(|n| Value::from(n.to_string())).collect();
            object.set(&key(&format!("key {}", at % 50)), Value::array(items));
        }
        let value = Value::from(Ref::new(object));
        let mut copy = value.clone();
        if let Some(object) = copy.as_object_mut() {
            object.set(&key("another"), Value::NULL);
        }
        assert!(live_bytes() > 10_000);
    }
    assert_eq!(scope.leave(), 0);
}

#[test]
fn objects_made_and_elements_copied_are_counted() {
    let before = counts();
    let mut a = Value::array(vec![Value::number(1.0), Value::number(2.0)]);
    let push = |value: &mut Value| value.as_array_mut().map(|array| array.push(Value::NULL));
    push(&mut a);
    let alone = counts();
    let b = a.clone();
    push(&mut a);
    let shared = counts();
    drop(b);
    let since = |from: HeapCounts, to: HeapCounts| (to.allocations - from.allocations, to.copied - from.copied);
    assert_eq!(since(before, alone), (1, 0));
    assert_eq!(since(alone, shared), (1, 3));
}

#[test]
fn a_long_chain_is_released_without_recursion() {
    let mut chain = Value::NULL;
    for _ in 0..1_000_000 {
        chain = Value::array(vec![chain]);
    }
    let released = std::thread::Builder::new().stack_size(64 << 10);
    // Values never cross threads; the chain is built again where the stack is small.
    drop(chain);
    let worker = released.spawn(|| {
        let mut chain = Value::NULL;
        for _ in 0..1_000_000 {
            chain = Value::array(vec![chain]);
        }
        drop(chain);
    });
    assert!(worker.is_ok_and(|worker| worker.join().is_ok()));
}

#[test]
fn strings_count_scalar_values() {
    let text = Str::new("añ€😀");
    assert_eq!(text.char_count(), 4);
    assert_eq!(text.char_at(3), Some("😀"));
    assert_eq!(text.char_at(4), None);
    assert_eq!(text.slice(1..3), "ñ€");
    assert_eq!(text.slice(0..99), "añ€😀");
}

#[test]
fn equality_inside_looks_at_confidence() {
    let sure = |c: f64| Value::array(vec![Value::number(1.0).with_conf(prism_vm::confidence::Conf::new(c))]);
    assert!(strictly_equal(&sure(0.5), &sure(0.5 + 1e-12)));
    assert!(!strictly_equal(&sure(0.5), &sure(0.6)));
    assert!(!strictly_equal(&sure(1.0), &Value::array(vec![Value::number(1.0)])));
    assert!(!strictly_equal(&Value::number(f64::NAN), &Value::number(f64::NAN)));
    assert!(same_or_nan(&Value::number(f64::NAN), &Value::number(f64::NAN)));
}

#[test]
fn what_has_no_room_dooms_the_run_and_is_not_taken() {
    let scope = BytesScope::limited(0, 100_000);
    let mut array = Array::new(Vec::new());
    while live_bytes() <= 100_000 {
        array.push(Value::NULL);
    }
    let bytes = array.len() * size_of::<Value>();
    assert!((30_000..100_000).contains(&bytes), "{bytes}");
    drop(scope);
    let scope = BytesScope::limited(0, 50_000);
    let mut shared = Value::array(vec![Value::NULL; 2000]);
    let other = shared.clone();
    assert!(shared.as_array_mut().is_some_and(|copy| copy.is_empty()), "a copy was made without room");
    assert!(live_bytes() > 50_000);
    assert_eq!(other.as_array().map(|array| array.len()), Some(2000));
    drop(scope);
}

#[test]
fn a_wide_array_is_released_without_memory() {
    let wide: Vec<Value> = (0..1_000_000).map(|_| Value::array(Vec::new())).collect();
    let scope = BytesScope::enter(0);
    drop(wide);
    // Nothing was counted in here, and all of it was given back.
    assert!(scope.leave() > usize::MAX / 2);
}

#[test]
fn footprints_are_what_allocators_take() {
    assert_eq!([0, 1, 24, 25, 40, 41].map(footprint), [0, 32, 32, 48, 48, 64]);
    let sizes = (0..1 << 18).step_by(7);
    assert!(sizes.clone().all(|size| footprint(size) >= size), "less than was asked for");
    assert!(sizes.zip((0..1 << 18).step_by(7).skip(1)).all(|(a, b)| footprint(a) <= footprint(b)), "not monotonous");
}

#[test]
fn texts_grow_seldom_where_little_is_left() {
    const LIMIT: usize = 3 << 20;
    for (taken, least) in [(0, LIMIT / 3), (LIMIT - 40_000, 30_000)] {
        let scope = BytesScope::limited(0, LIMIT);
        let others = Charge::new(taken);
        let mut text = BoundedText::default();
        let (mut before, mut growths) = (live_bytes(), 0);
        while text.push("ab").is_ok() {
            growths += usize::from(live_bytes() != before);
            before = live_bytes();
        }
        assert!((least..=LIMIT - taken).contains(&text.as_str().len()) && growths < 60, "{growths} times");
        drop((text, others));
        scope.leave();
    }
}
