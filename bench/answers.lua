local count = 80000
local kinds = {"bill", "letter", "offer", "report", "spam"}

local function answer(i)
  local kind = kinds[i % 5 + 1]
  local result = {kind = kind, score = i * 31 % 101, tags = {kind, "t" .. i % 3}}
  return {agentId = "a" .. i % 7, result = result, confidence = i % 10 / 10}
end

local function record(answer)
  local result, confidence = answer.result, answer.confidence
  local others = {}
  for i = 2, #result.tags do others[#others + 1] = result.tags[i] end
  return {agent = answer.agentId, kind = result.kind, main = result.tags[1], others = others,
    points = result.score * confidence, sure = confidence >= 0.7}
end

local records = {}
for i = 0, count - 1 do records[#records + 1] = record(answer(i)) end

local groups, ranking = {}, {}
for _, r in ipairs(records) do
  local group = groups[r.agent]
  if not group then group = {} groups[r.agent] = group end
  group[#group + 1] = r
end
for agent, group in pairs(groups) do
  local total = {agent = agent, points = 0, sure = 0, tags = {}, kinds = {}}
  for _, r in ipairs(group) do
    total.points = total.points + r.points
    if r.sure then total.sure = total.sure + 1 end
    for _, tag in ipairs(r.others) do total.tags[tag] = (total.tags[tag] or 0) + 1 end
    total.kinds[r.main] = (total.kinds[r.kind] or 0) + 1
  end
  ranking[#ranking + 1] = total
end
table.sort(ranking, function(a, b) return a.points < b.points end)
for _, r in ipairs(ranking) do
  local counts = {}
  for i, kind in ipairs(kinds) do counts[i] = r.kinds[kind] end
  local points, tags = string.format("%.3f", r.points), r.tags
  print(table.concat({r.agent, points, r.sure, tags.t0, tags.t1, tags.t2, table.concat(counts, " ")}, " "))
end
