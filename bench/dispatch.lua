local count = 500000

-- A confident value is a table with `v` and `c`.
local function event(i)
  local kind = i % 8
  if kind == 0 then return {kind = "order", lines = {i % 100}} end
  if kind == 1 then return {kind = "order", lines = {i % 10, 5, 7}} end
  if kind == 2 then return {kind = "note", text = i % 3 == 0 and "urgent" or "later"} end
  if kind == 3 then return {i % 12, i % 9} end
  if kind == 4 then return i % 50 end
  if kind == 5 then return "ping" end
  if kind == 6 then return {v = i % 30, c = i % 10 / 10} end
  return nil
end

local function weigh(event)
  if type(event) == "table" then
    local kind = event.kind
    if kind == "order" then
      local lines = event.lines
      if #lines == 1 then return lines[1] end
      if #lines > 1 and lines[1] > 4 then
        local rest = {}
        for i = 2, #lines do rest[#rest + 1] = lines[i] end
        return lines[1] + #rest
      end
      return 1
    end
    if kind == "note" then return event.text == "urgent" and 9 or 2 end
    if #event == 2 then
      local x, y = event[1], event[2]
      if x > y then return x - y end
      return y
    end
    if event.c and event.c >= 0.8 then return event.v end
    return 5
  end
  if event == "ping" then return 3 end
  if event == nil then return 4 end
  return event
end

local function verdict(i) return {v = i % 5 == 0 and "spam" or "fine", c = i * 7 % 100 / 100} end

local function route(verdict)
  if verdict.c >= 0.8 then return verdict.v end
  if verdict.c >= 0.4 then return "ask" end
  return verdict.c < 0.1 and "drop" or "wait"
end

local total, routes = 0, {spam = 0, fine = 0, ask = 0, drop = 0, wait = 0}
for i = 0, count - 1 do
  total = total + weigh(event(i))
  local to = route(verdict(i))
  routes[to] = routes[to] + 1
end
print(table.concat({total, routes.spam, routes.fine, routes.ask, routes.drop, routes.wait}, " "))
