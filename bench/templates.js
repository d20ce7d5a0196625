const count = 60000
const letter = "Dear {name},\nyour order {id} of {total} is {state}.\n"

function row(order) {
  const {name, total, lines, state} = order
  return `| ${name.padEnd(8)} | ${total.toFixed(2).padStart(10)} | ${lines > 3 ? "many" : "few"} | ${state} |`
}

function prompt(order) {
  return `You are a clerk. Answer in one word.
Customer: ${order.name} (${order.state.toUpperCase()})
Total: ${order.total}, lines: ${order.lines}, average: ${(order.total / (order.lines + 1)).toFixed(1)}
Is order ${order.id} in order?`
}

const names = ["Ada", "Ben", "Cleo", "Dan"]
const states = ["sent", "paid", "open"]
const rows = []
let size = 0
for (let i = 0; i < count; i++) {
  const order = {id: i, name: names[i % 4], state: states[i % 3], total: i % 1000 * 2.5, lines: i % 7}
  rows.push(row(order))
  size += prompt(order).length
  size += letter
    .replaceAll("{name}", order.name)
    .replace("{id}", `${order.id}`)
    .replace("{total}", `${order.total}`)
    .replace("{state}", order.state).length
}
const page = rows.join("\n")
console.log(page.length, size)
console.log(rows[count - 1])
