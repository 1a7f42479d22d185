// @ts-check
/** The focus of the keyboard stays where somebody works, also when what they use is drawn anew. */

const CONTROLS = "button:enabled, a[href], input:enabled, select:enabled, textarea, summary, [tabindex]";

/** How a control is known again after it was drawn anew. @param {HTMLElement} e */
const markOf = (e) => e.dataset.f || e.getAttribute("aria-label") || e.getAttribute("name") || e.textContent;

/** Remembers what has the focus. Returns what gives it back: to the same control or one like it; where there is none, for those who go by keys,
 * to what stands in its place, to what is around, or to the map. @param {ParentNode} within */
export function holder(within) {
  const held = /** @type {HTMLElement} */ (document.activeElement);
  const controls = () => /** @type {HTMLElement[]} */ ([...within.querySelectorAll(CONTROLS)]);
  const at = controls().indexOf(held);
  const keys = held?.matches(":focus-visible");
  const around = within instanceof Element ? /** @type {HTMLElement|null} */ (within.closest("[tabindex]")) : null;
  return () => {
    const now = controls().filter((e) => e.checkVisibility({ visibilityProperty: true }));
    const same = now.find((e) => e === held) ?? now.find((e) => markOf(e) === markOf(held));
    const near = within === document ? null : now[Math.min(at, now.length - 1)];
    // Not for who pointed: the next press of Space would do what they never chose.
    (
      same ??
      (keys
        ? (near ?? around ?? /** @type {HTMLElement|null} */ (document.querySelector("[role=gridcell][tabindex='0']")))
        : null)
    )?.focus({
      preventScroll: true,
    });
  };
}
