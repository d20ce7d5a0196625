const count = 150000

const isObject = v => typeof v === "object" && v !== null
// Gives a new object and shares what stays as it is.
function merge(a, b) {
  const r = {...a}
  for (const k in b) r[k] = isObject(r[k]) && isObject(b[k]) ? merge(r[k], b[k]) : b[k]
  return r
}
function pick(o, ...keys) {
  const r = {}
  for (const k of keys) r[k] = o[k]
  return r
}

let state = {
  id: 0, status: "open", owner: {name: "Ada", team: "north"}, counts: {seen: 0, high: 0}, notes: [0, 0, 0, 0]
}
let total = 0
for (let i = 0; i < count; i++) {
  const update = {id: i, owner: {name: i % 3 === 0 ? "Ada" : "Ben"}, flags: {urgent: i % 4 === 0}}
  const flat = {...state, ...update, status: i % 5 === 0 ? "closed" : "open"}
  const deep = merge(state, update)
  deep.counts = {...deep.counts}
  deep.counts.seen += 1
  deep.notes = [...deep.notes]
  deep.notes[i % 4] += 1
  if (flat.status === "open" && deep.owner.name === "Ben") deep.counts.high += i % 7
  const brief = pick(deep, "id", "counts", "owner")
  total += brief.counts.high % 11 + (brief.owner.team === "north" ? 1 : 0)
    + (deep.flags.urgent ? 2 : 0) + ("team" in flat.owner ? 5 : 0)
  state = deep
}
const {id, owner, counts, notes} = state
console.log(total, id, owner.name, owner.team, counts.seen, counts.high, notes.join(" "))
