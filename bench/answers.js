const count = 80000
const kinds = ["bill", "letter", "offer", "report", "spam"]

function answer(i) {
  const kind = kinds[i % 5]
  return {agentId: "a" + i % 7, result: {kind, score: i * 31 % 101, tags: [kind, "t" + i % 3]}, confidence: i % 10 / 10}
}

function record(answer) {
  const {agentId, result: {kind, score, tags: [main, ...others]}, confidence} = answer
  return {agent: agentId, kind, main, others, points: score * confidence, sure: confidence >= 0.7}
}

const records = []
for (let i = 0; i < count; i++) records.push(record(answer(i)))

const ranking = [], groups = {}
for (const r of records) (groups[r.agent] ??= []).push(r)
for (const agent in groups) {
  const total = {agent, points: 0, sure: 0, tags: {}, kinds: {}}
  for (const r of groups[agent]) {
    total.points += r.points
    if (r.sure) total.sure += 1
    for (const tag of r.others) total.tags[tag] = (total.tags[tag] ?? 0) + 1
    total.kinds[r.main] = (total.kinds[r.kind] ?? 0) + 1
  }
  ranking.push(total)
}
for (const r of ranking.sort((a, b) => a.points - b.points)) {
  const {agent, points, sure, tags} = r
  console.log(agent, points.toFixed(3), sure, tags.t0, tags.t1, tags.t2, kinds.map(k => r.kinds[k]).join(" "))
}
