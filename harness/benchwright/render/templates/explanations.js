// Links from items of the example browser to their heat maps, on pages that have both.
(() => {
  const list = document.getElementById("ex-list");
  const places = new Map([...document.querySelectorAll("[data-of] article")].map((one) => [`${one.closest("[data-of]").dataset.of}, ${one.querySelector("code").textContent}`, one.id]));
  const link = () => [...list.children].forEach((item) => {
    const place = places.get(item.getAttribute("aria-label"));
    const head = item.querySelector(".exhead");
    if (!place || !head || head.querySelector(".explained")) return;
    const made = document.createElement("a");
    made.href = `#${place}`;
    made.textContent = "explained";
    made.className = "explained";
    head.append(made);
  });
  if (!list || !places.size) return;
  new MutationObserver(link).observe(list, { childList: true });
  link();
})();
