local count = 10000
local concat, format = table.concat, string.format

-- Lua has no JSON: a codec in plain Lua, for ASCII. `null` stands for null; a table with a first element is an array, and
-- so is `empty`.
local null, empty = {}, {}
local plain = {b = "\b", f = "\f", n = "\n", r = "\r", t = "\t"}
local escapes = {['"'] = '\\"', ["\\"] = "\\\\"}
for letter, c in pairs(plain) do escapes[c] = "\\" .. letter end

local function quote(text)
  return '"' .. text:gsub('[%c"\\]', function(c) return escapes[c] or format("\\u%04x", c:byte()) end) .. '"'
end

local write
local writers = {
  string = function(v, out) out[#out + 1] = quote(v) end,
  number = function(v, out) out[#out + 1] = format("%.14g", v) end,
  boolean = function(v, out) out[#out + 1] = v and "true" or "false" end,
  table = function(v, out)
    if v == null then
      out[#out + 1] = "null"
    elseif v == empty or v[1] ~= nil then
      out[#out + 1] = "["
      for i = 1, #v do
        if i > 1 then out[#out + 1] = "," end
        write(v[i], out)
      end
      out[#out + 1] = "]"
    else
      -- Not `for … in pairs`: LuaJIT 2.1.0-beta3, compiling it around a recursion, now and then leaves out members.
      local mark = "{"
      local key, member = next(v)
      while key do
        out[#out + 1] = mark .. quote(key) .. ":"
        write(member, out)
        mark = ","
        key, member = next(v, key)
      end
      out[#out + 1] = mark == "{" and "{}" or "}"
    end
  end,
}
function write(v, out) writers[type(v)](v, out) end
local function stringify(v)
  local out = {}
  write(v, out)
  return concat(out)
end

local function unescape(raw)
  return (raw:gsub("\\(.)(%x?%x?%x?%x?)", function(c, digits)
    if c == "u" then return string.char(tonumber(digits, 16)) end
    return (plain[c] or c) .. digits
  end))
end
local function read_string(text, at)
  local start, from = at + 1, at + 1
  while true do
    local stop = text:find('["\\]', from) or error("a string without an end")
    if text:byte(stop) == 34 then
      local raw = text:sub(start, stop - 1)
      return from > start and unescape(raw) or raw, stop + 1
    end
    from = stop + 2
  end
end

local function skip(text, at) return text:find("[^ \n\r\t]", at) or #text + 1 end

local words = {t = {"true", true}, f = {"false", false}, n = {"null", null}}
local read
local function read_array(text, at)
  local array, item = {}, nil
  at = skip(text, at + 1)
  if text:byte(at) == 93 then return empty, at + 1 end
  while true do
    item, at = read(text, at)
    array[#array + 1] = item
    at = skip(text, at)
    if text:byte(at) == 93 then return array, at + 1 end
    at = skip(text, at + 1)
  end
end
local function read_object(text, at)
  local object, key, member = {}, nil, nil
  at = skip(text, at + 1)
  if text:byte(at) == 125 then return object, at + 1 end
  while true do
    key, at = read_string(text, at)
    member, at = read(text, skip(text, skip(text, at) + 1))
    object[key] = member
    at = skip(text, at)
    if text:byte(at) == 125 then return object, at + 1 end
    at = skip(text, at + 1)
  end
end
function read(text, at)
  local first = text:sub(at, at)
  if first == '"' then return read_string(text, at) end
  if first == "{" then return read_object(text, at) end
  if first == "[" then return read_array(text, at) end
  local word = words[first]
  if word then return word[2], at + #word[1] end
  local _, stop = text:find("^-?%d+%.?%d*[eE]?[+-]?%d*", at)
  return tonumber(text:sub(at, stop)), stop + 1
end
local function parse(text) return (read(text, skip(text, 1))) end

local function message(i)
  local lines = {}
  for k = 0, 7 do
    lines[k + 1] = {sku = 'item "' .. k .. '"', price = k * 12.25 + i % 10, count = i % (k + 2), gift = k % 3 == 0}
  end
  local sender = {name = "Ada", tags = {"new", "big"}, reference = null}
  return {id = i, text = "Line one\nline two\tof " .. i, sender = sender, lines = lines}
end

local size, total, gifts = 0, 0, 0
for i = 0, count - 1 do
  local data = parse(stringify(message(i)))
  for _, line in ipairs(data.lines) do
    total = total + line.price * line.count
    if line.gift then gifts = gifts + #line.sku end
  end
  table.insert(data.sender.tags, "seen")
  local reply = stringify({ok = data.sender.reference == null, of = data})
  size = size + #reply + #parse(reply).of.text
end
print(table.concat({size, total, gifts}, " "))
