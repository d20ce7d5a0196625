local count = 60000
local letter = "Dear {name},\nyour order {id} of {total} is {state}.\n"
local format = string.format

local function row(order)
  return "| " .. format("%-8s", order.name) .. " | " .. format("%10s", format("%.2f", order.total)) .. " | " ..
    (order.lines > 3 and "many" or "few") .. " | " .. order.state .. " |"
end

local function prompt(order)
  return "You are a clerk. Answer in one word.\nCustomer: " .. order.name .. " (" .. order.state:upper() .. ")\nTotal: " ..
    format("%.14g", order.total) .. ", lines: " .. order.lines .. ", average: " ..
    format("%.1f", order.total / (order.lines + 1)) .. "\nIs order " .. order.id .. " in order?"
end

local names = {"Ada", "Ben", "Cleo", "Dan"}
local states = {"sent", "paid", "open"}
local rows, size = {}, 0
for i = 0, count - 1 do
  local order = {id = i, name = names[i % 4 + 1], state = states[i % 3 + 1], total = i % 1000 * 2.5, lines = i % 7}
  rows[#rows + 1] = row(order)
  size = size + #prompt(order)
  local filled = letter:gsub("{name}", order.name):gsub("{id}", order.id, 1)
  size = size + #filled:gsub("{total}", format("%.14g", order.total), 1):gsub("{state}", order.state, 1)
end
local page = table.concat(rows, "\n")
print(#page, size)
print(rows[count])
