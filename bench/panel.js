const count = 15000

const confident = (v, c) => ({v, c})
const plus = (a, b) => ({v: a.v + b.v, c: Math.min(a.c, b.c)})
const times = (a, b) => ({v: a.v * b.v, c: Math.min(a.c, b.c)})
const surer = (a, b) => b.c > a.c ? b : a

const places = Array.from({length: 12}, (_, k) => k)
const opinions = round => places.map(k => confident((round * 7 + k * 13) % 101, (round + k * 3) % 10 / 10))

const one = confident(1, 1), two = confident(2, 1)
let total = confident(0, 1), sure = 0, weight = 0, surest = 0
for (let round = 0; round < count; round++) {
  const heard = opinions(round).filter(o => o.c >= 0.3)
  const scaled = heard.map(o => plus(times(o, two), one))
  const sum = scaled.reduce(plus, confident(0, 1))
  const best = scaled.reduce(surer)
  const high = scaled.filter(o => o.v > 100 || o.c > 0.8)
  for (const o of scaled) weight += o.v * o.c
  total = confident(plus(total, sum).v, (total.c + sum.c) / 2)
  sure += high.length
  surest += best.v
}
console.log(`${total.v} ~> ${total.c.toFixed(2)}`, sure, weight.toFixed(3), surest)
