import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decodeLz4Block } from "../../../src/alibaba/lz4.ts";
import { acceptedCompression, lz4Block } from "../../fakes/compression.ts";

function check(claim: string, text: string, largest: number): void {
  test(claim, () => {
    const bytes = Buffer.from(text);
    const block = lz4Block(bytes);
    assert.ok(block.length <= largest, `${block.length} bytes`);
    const back = decodeLz4Block(block, bytes.length);
    assert.equal(Buffer.from(back ?? []).toString("utf8"), text);
  });
}

describe("an LZ4 block", () => {
  check("of nothing is a token alone", "", 1);
  check("of a short text is literals", "twelve bytes", 13);
  check("of repeated text refers back", "abcd".repeat(1000), 40);
  check("of one byte over and over overlaps itself", "a".repeat(10_000), 60);
  check("of literals that need a longer length", Array.from({ length: 600 }, (_, index) => index).join(" "), 2_400);
  check(
    "of rows is smaller than they are",
    JSON.stringify(Array.from({ length: 100 }, (_, id) => ({ id, kind: "Command" }))),
    1_000,
  );
});

describe("what a client accepts", () => {
  test("the first that is known", () => assert.equal(acceptedCompression("zstd, lz4;q=0.5, gzip"), "lz4"));
  test("or none", () => assert.equal(acceptedCompression("identity"), undefined));
});

// The same bytes as the block format's own example of a match: five literals, a match at distance five, and the end.
test("the bytes are those of the format", () => {
  assert.deepEqual(
    [...lz4Block(Buffer.from("abcdeabcdeabcdeabcdevwxyz"))],
    [0x5b, 0x61, 0x62, 0x63, 0x64, 0x65, 0x05, 0x00, 0x50, 0x76, 0x77, 0x78, 0x79, 0x7a],
  );
});
