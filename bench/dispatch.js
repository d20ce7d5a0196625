const count = 500000

// A confident value is an object with `v` and `c`.
function event(i) {
  switch (i % 8) {
    case 0: return {kind: "order", lines: [i % 100]}
    case 1: return {kind: "order", lines: [i % 10, 5, 7]}
    case 2: return {kind: "note", text: i % 3 === 0 ? "urgent" : "later"}
    case 3: return [i % 12, i % 9]
    case 4: return i % 50
    case 5: return "ping"
    case 6: return {v: i % 30, c: i % 10 / 10}
    default: return null
  }
}

function weigh(event) {
  if (event === null) return 4
  if (event === "ping") return 3
  if (typeof event === "number") return event
  if (Array.isArray(event)) {
    const [x, y] = event
    return x > y ? x - y : y
  }
  if (event.kind === "order") {
    const [first, ...rest] = event.lines
    if (rest.length === 0) return first
    return first > 4 ? first + rest.length : 1
  }
  if (event.kind === "note") return event.text === "urgent" ? 9 : 2
  return event.c >= 0.8 ? event.v : 5
}

const verdict = i => ({v: i % 5 === 0 ? "spam" : "fine", c: i * 7 % 100 / 100})

function route(verdict) {
  if (verdict.c >= 0.8) return verdict.v
  if (verdict.c >= 0.4) return "ask"
  return verdict.c < 0.1 ? "drop" : "wait"
}

let total = 0
const routes = {spam: 0, fine: 0, ask: 0, drop: 0, wait: 0}
for (let i = 0; i < count; i++) {
  total += weigh(event(i))
  routes[route(verdict(i))] += 1
}
console.log(total, routes.spam, routes.fine, routes.ask, routes.drop, routes.wait)
