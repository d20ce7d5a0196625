local count = 60000
local abs, ceil, floor, max, min, sqrt = math.abs, math.ceil, math.floor, math.max, math.min, math.sqrt

local function round(x) return floor(x + 0.5) end
local function trunc(x) return x < 0 and ceil(x) or floor(x) end
local function sign(x) return x > 0 and 1 or x < 0 and -1 or 0 end

local function numbers(i)
  local x = i % 97 - 48
  local root = sqrt(abs(x)) + floor(x / 7) + ceil(x / 9) - round(x / 4 + 0.1) + trunc(x / 5)
  return max(root, sign(x), i % 13) + min(x, i % 11, 3) + sqrt(3 * 3 + (i % 5) * (i % 5)) + (i % 6) ^ 2
end

local function strings(i)
  local line = "  key-" .. i % 50 .. ": some VALUE, another " .. i
  line = line:match("^%s*(.-)%s*$")
  local colon = line:find(": ", 1, true)
  local head, tail = line:sub(1, colon - 1), line:sub(colon + 2)
  local score = head:sub(1, 5) == "key-1" and 10 or head:sub(-1) == "9" and 5 or 1
  local at = tail:find("another", 1, true)
  local short = tail:sub(1, at - 1):lower() .. head:sub(5, 5)
  return score + #short + (short:find("value", 1, true) and 2 or 0) + #tail:sub(at) + #("ab"):rep(i % 4)
    + tonumber(head:sub(5))
end

local function index_of(xs, x)
  for i = 1, #xs do if xs[i] == x then return i end end
  return 0
end
local function arrays(i)
  local xs = {i % 7, i % 5, i % 3, i % 11, i % 2}
  local ys = {}
  for k = 2, 4 do ys[#ys + 1] = xs[k] end
  for _, y in ipairs({i % 4, 6}) do ys[#ys + 1] = y end
  local found = index_of(ys, 6) > 0 and index_of(ys, 6) > 3 and 1 or 0 -- looked for twice, as in the others
  local sorted = {}
  for k = 1, #xs do sorted[k] = xs[k] end
  table.sort(sorted)
  xs[#xs + 1] = i % 17
  local last = table.remove(xs) + table.remove(xs, 1)
  local sum = 0
  for k = 1, #ys do sum = sum + ys[k] end
  for k = 1, floor(#xs / 2) do xs[k], xs[#xs - k + 1] = xs[#xs - k + 1], xs[k] end
  return found + sorted[5] - sorted[1] + sum + last + xs[1] + #xs + ys[#ys] + (#table.concat(ys) > 4 and 1 or 0)
end

local total, letters, sums = 0, 0, 0
for i = 0, count - 1 do
  total = total + numbers(i)
  letters = letters + strings(i)
  sums = sums + arrays(i)
end
print(string.format("%.3f %d %d", total, letters, sums))
