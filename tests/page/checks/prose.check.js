// @ts-check
/** Texts of notes: what becomes a link, and what stays words. */

import { prose } from "/static/table/prose.js";
import { check, equal } from "./check.js";

/** @type {any} */
const READER = {
  now: () => ({ map: { orientation: "flat" }, notes: { 1: { title: "Greyfang", hexKey: "3,3" } }, settings: {} }),
  select: (/** @type {string} */ key) => went.push(key),
};
/** @type {string[]} */
const went = [];
const shown = (/** @type {string} */ text) =>
  prose(text, READER)
    .map((node) => node.outerHTML)
    .join("");

check("links lead out by http, https and mail alone", () => {
  const [p] = prose(
    "[a](https://example.org/x*y*) [b](mailto:a@example.org) [c](javascript:alert) [d](data:text/html,x)",
  );
  equal(
    [...p.querySelectorAll("a")].map((a) => [a.textContent, a.getAttribute("href"), a.rel]),
    [
      ["a", "https://example.org/x*y*", "noopener noreferrer"],
      ["b", "mailto:a@example.org", "noopener noreferrer"],
    ],
  );
  equal(p.textContent, "a b c d");
});

check("links to hexes go by label, by name and by another name", () => {
  const [p] = prose("[[0102]], **[[Greyfang]]**, [there](0102), [[Nowhere]]", READER);
  for (const button of p.querySelectorAll("button")) button.click();
  equal(went, ["0,1", "3,3", "0,1"]);
  equal(p.textContent, "0102, Greyfang, there, Nowhere");
  equal(p.querySelector("strong button")?.textContent, "Greyfang");
});

check("what looks like markup is text", () => {
  equal(
    shown("<img src=x onerror=alert(1)> **a** *b*"),
    '<p class="">&lt;img src=x onerror=alert(1)&gt; <strong class="">a</strong> <em class="">b</em></p>',
  );
});
