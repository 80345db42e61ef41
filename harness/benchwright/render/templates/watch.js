(function () {
  "use strict";
  var box = document.getElementById("progress");
  var seconds = box ? Number(box.dataset.seconds) : 0;
  var key = "benchwright " + location.pathname;
  var kept = null;
  function nameOf(details) {
    var near = details.closest("[id]");
    var summary = details.querySelector("summary");
    return (near ? near.id : "") + "|" + (summary ? summary.textContent.slice(0, 80) : "");
  }
  function place() {
    var at = null;
    document.querySelectorAll("[id]").forEach(function (one) {
      var top = one.getBoundingClientRect().top;
      if (one.offsetParent && top <= 80 && (!at || top >= at.top)) { at = { id: one.id, top: top }; }
    });
    var open = [];
    document.querySelectorAll("details").forEach(function (one) { if (one.open) { open.push(nameOf(one)); } });
    return { at: at, y: scrollY, open: open, stopped: stopped };
  }
  function isBusy() {
    var focus = document.activeElement;
    return document.hidden || (focus && /^(INPUT|SELECT|TEXTAREA)$/.test(focus.tagName)) || String(getSelection()) !== "" ||
      Boolean(document.querySelector("[popover]:popover-open"));
  }
  var stopped = false;
  try { kept = JSON.parse(sessionStorage.getItem(key)); sessionStorage.removeItem(key); } catch (error) { kept = null; }
  if (kept) {
    history.scrollRestoration = "manual";
    stopped = Boolean(kept.stopped);
    document.querySelectorAll("details").forEach(function (one) { one.open = kept.open.indexOf(nameOf(one)) >= 0; });
    addEventListener("load", function () {
      var anchor = kept.at && document.getElementById(kept.at.id);
      scrollTo(0, anchor ? scrollY + anchor.getBoundingClientRect().top - kept.at.top : kept.y);
    });
  }
  if (!seconds) { return; }
  var button = document.createElement("button");
  button.type = "button";
  function tell() { button.textContent = stopped ? "Load this page anew by itself" : "Stop loading this page anew"; }
  button.addEventListener("click", function () { stopped = !stopped; tell(); });
  tell();
  box.appendChild(button);
  setInterval(function () {
    if (stopped || isBusy()) { return; }
    try { sessionStorage.setItem(key, JSON.stringify(place())); } catch (error) { return; }
    location.reload();
  }, seconds * 1000);
})();
