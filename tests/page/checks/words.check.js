// @ts-check
/** Words for people: what is spoken together. */

import { speak } from "/static/table/notices.js";
import { h } from "/static/ui/elements.js";
import { sentences } from "/static/ui/text.js";
import { check, equal } from "./check.js";

check("what is said together ends each sentence once", () => {
  equal(sentences([]), "");
  equal(sentences(["Ana left"]), "Ana left");
  equal(
    sentences(["3 hexes copied. Choose where they go.", "Ana left", "Ben is here"]),
    "3 hexes copied. Choose where they go. Ana left. Ben is here",
  );
});

check("no words are not spoken", async () => {
  const region = h("div", { id: "spoken" });
  document.body.append(region);
  const heard = new Promise((done) => new MutationObserver(done).observe(region, { childList: true }));
  for (const text of ["", "The map is laid", " ", "Ana left"]) speak(text);
  await heard;
  equal(region.textContent, "The map is laid. Ana left");
  region.remove();
});
