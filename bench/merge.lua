local count = 150000

local function assign(o, ...)
  for _, source in ipairs({...}) do for k, v in pairs(source) do o[k] = v end end
  return o
end
local function copy(o) return assign({}, o) end
-- Gives a new table and shares what stays as it is.
local function merge(a, b)
  local r = copy(a)
  for k, v in pairs(b) do
    local old = r[k]
    r[k] = type(v) == "table" and type(old) == "table" and merge(old, v) or v
  end
  return r
end
local function pick(o, ...)
  local r = {}
  for _, k in ipairs({...}) do r[k] = o[k] end
  return r
end

local state = {
  id = 0, status = "open", owner = {name = "Ada", team = "north"}, counts = {seen = 0, high = 0}, notes = {0, 0, 0, 0}
}
local total = 0
for i = 0, count - 1 do
  local update = {id = i, owner = {name = i % 3 == 0 and "Ada" or "Ben"}, flags = {urgent = i % 4 == 0}}
  local flat = assign({}, state, update)
  flat.status = i % 5 == 0 and "closed" or "open"
  local deep = merge(state, update)
  deep.counts = copy(deep.counts)
  deep.counts.seen = deep.counts.seen + 1
  deep.notes = copy(deep.notes)
  deep.notes[i % 4 + 1] = deep.notes[i % 4 + 1] + 1
  if flat.status == "open" and deep.owner.name == "Ben" then deep.counts.high = deep.counts.high + i % 7 end
  local brief = pick(deep, "id", "counts", "owner")
  total = total + brief.counts.high % 11 + (brief.owner.team == "north" and 1 or 0) + (deep.flags.urgent and 2 or 0) +
    (flat.owner.team ~= nil and 5 or 0)
  state = deep
end
print(table.concat({total, state.id, state.owner.name, state.owner.team, state.counts.seen, state.counts.high,
  table.concat(state.notes, " ")}, " "))
