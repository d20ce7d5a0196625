const count = 10000

function message(i) {
  const lines = Array.from({length: 8}, (_, k) => (
    {sku: `item "${k}"`, price: k * 12.25 + i % 10, count: i % (k + 2), gift: k % 3 === 0}))
  const sender = {name: "Ada", tags: ["new", "big"], reference: null}
  return {id: i, text: `Line one\nline two\tof ${i}`, sender, lines}
}

let size = 0, total = 0, gifts = 0
for (let i = 0; i < count; i++) {
  const data = JSON.parse(JSON.stringify(message(i)))
  for (const line of data.lines) {
    total += line.price * line.count
    if (line.gift) gifts += line.sku.length
  }
  data.sender.tags.push("seen")
  const reply = JSON.stringify({ok: data.sender.reference == null, of: data})
  size += reply.length + JSON.parse(reply).of.text.length
}
console.log(size, total, gifts)
