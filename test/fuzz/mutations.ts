import { pick } from "../unit/sls/random.ts";

/** Pieces that mean something somewhere, so that mutations reach deep into the grammar. */
const pieces = [
  ..."()[],.;|:'\"*-+/%=<>!#\\`?{}\n ",
  ..." and | or | not | in | select | from | where | group by | order by | limit | union | join | on | as | case | when | then | else | end | with | values | over | between | like | is | null | distinct | array[| interval '1' | cast(| exists | unnest(| position(| extract(| substring(| trim(both | -> | -- | /* | */ |''|\"\"|\\\"|__tag__:|#\"|parse-json | stats | by | desc".split(
    "|",
  ),
  "\n### t\n",
  "\n-- @from -1h\n",
  "-- @",
  "\r\n",
  "é",
  "漢",
  "\u{1f600}",
  "\ud800",
  "\u00a0",
  "\0",
];

/** A text with up to four pieces of it taken out, put in, doubled or taken from another text. */
export function mutated(random: () => number, text: string, corpus: readonly string[]): string {
  let result = text;
  for (let count = 1 + Math.floor(random() * 4); count > 0; count--) {
    const at = Math.floor(random() * (result.length + 1));
    const length = Math.floor(random() * 8);
    switch (Math.floor(random() * 4)) {
      case 0:
        result = result.slice(0, at) + result.slice(at + length);
        break;
      case 1:
        result = result.slice(0, at) + pick(random, pieces) + result.slice(at);
        break;
      case 2: {
        const other = pick(random, corpus);
        const from = Math.floor(random() * other.length);
        result = result.slice(0, at) + other.slice(from, from + 20) + result.slice(at + length);
        break;
      }
      default:
        result = result.slice(0, at) + result.slice(at, at + length) + result.slice(at);
        break;
    }
  }
  return result;
}

const characters = [..."ab_ 0'\"\\:|*?()#-=<>,.@/\n\t\r\0é漢😀\ud800\udc00\u00a0\u3000\ufeff\u2028"];

/** A short text of any characters. */
export function anyText(random: () => number): string {
  let text = "";
  for (let length = Math.floor(random() * 12); length > 0; length--) {
    text += random() < 0.8 ? pick(random, characters) : String.fromCodePoint(Math.floor(random() * 0x110000));
  }
  return text;
}
