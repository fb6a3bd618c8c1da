"use strict";
ready(async () => {
  if (new URLSearchParams(location.search).has("out")) { $("joinerror").textContent = say("class.error.removed"); }
  const code = new URLSearchParams(location.search).get("code");
  if (code) { $("room").value = code.slice(0, 8); $("name").focus(); } else { $("room").focus(); }
  const send = (form, where, body, error) => $(form).addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await post(where, body());
    if (answer.error) { $(error).textContent = answer.error; } else { location.href = "/seat"; }
  });
  send("join", "/join", () => ({ room: $("room").value, name: $("name").value }), "joinerror");
  send("return", "/return", () => ({ code: $("own").value }), "returnerror");
});
