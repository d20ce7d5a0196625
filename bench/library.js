const count = 60000

function numbers(i) {
  const x = i % 97 - 48
  const root = Math.sqrt(Math.abs(x)) + Math.floor(x / 7) + Math.ceil(x / 9)
    - Math.round(x / 4 + 0.1) + Math.trunc(x / 5)
  return Math.max(root, Math.sign(x), i % 13) + Math.min(x, i % 11, 3) + Math.hypot(3, i % 5) + Math.pow(i % 6, 2)
}

function strings(i) {
  const line = `  key-${i % 50}: some VALUE, another ` + i
  const [head, tail] = line.trim().split(": ")
  const score = head.startsWith("key-1") ? 10 : head.endsWith("9") ? 5 : 1
  const at = tail.indexOf("another")
  const short = tail.slice(0, at).toLowerCase() + head.charAt(4)
  return score + short.length + (short.includes("value") ? 2 : 0) + tail.substring(at).length
    + "ab".repeat(i % 4).length + Number(head.slice(4))
}

function arrays(i) {
  const xs = [i % 7, i % 5, i % 3, i % 11, i % 2]
  const ys = xs.slice(1, 4).concat([i % 4, 6])
  const found = ys.includes(6) && ys.indexOf(6) > 2 ? 1 : 0
  const sorted = xs.slice().sort((a, b) => a - b)
  xs.push(i % 17)
  const last = xs.pop() + xs.shift()
  let sum = 0
  for (const y of ys) sum += y
  return found + sorted[4] - sorted[0] + sum + last
    + xs.reverse()[0] + xs.length + ys.at(-1) + (ys.join("").length > 4 ? 1 : 0)
}

let total = 0, letters = 0, sums = 0
for (let i = 0; i < count; i++) {
  total += numbers(i)
  letters += strings(i)
  sums += arrays(i)
}
console.log(total.toFixed(3), letters, sums)
