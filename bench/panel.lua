local count = 15000

local function map(t, f) local r = {} for i = 1, #t do r[i] = f(t[i]) end return r end
local function filter(t, f) local r = {} for i = 1, #t do if f(t[i]) then r[#r + 1] = t[i] end end return r end
local function reduce(t, f, s, from) for i = from, #t do s = f(s, t[i]) end return s end

local min = math.min
local function confident(v, c) return {v = v, c = c} end
local function plus(a, b) return {v = a.v + b.v, c = min(a.c, b.c)} end
local function times(a, b) return {v = a.v * b.v, c = min(a.c, b.c)} end
local function surer(a, b) if b.c > a.c then return b end return a end

local places = {}
for k = 0, 11 do places[k + 1] = k end
local function opinions(round)
  return map(places, function(k) return confident((round * 7 + k * 13) % 101, (round + k * 3) % 10 / 10) end)
end

local one, two = confident(1, 1), confident(2, 1)
local total, sure, weight, surest = confident(0, 1), 0, 0, 0
for round = 0, count - 1 do
  local heard = filter(opinions(round), function(o) return o.c >= 0.3 end)
  local scaled = map(heard, function(o) return plus(times(o, two), one) end)
  local sum = reduce(scaled, plus, confident(0, 1), 1)
  local best = reduce(scaled, surer, scaled[1], 2)
  local high = filter(scaled, function(o) return o.v > 100 or o.c > 0.8 end)
  for _, o in ipairs(scaled) do weight = weight + o.v * o.c end
  total = confident(plus(total, sum).v, (total.c + sum.c) / 2)
  sure = sure + #high
  surest = surest + best.v
end
print(string.format("%d ~> %.2f %d %.3f %d", total.v, total.c, sure, weight, surest))
