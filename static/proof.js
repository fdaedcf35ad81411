/* Security keys (WebAuthn), and the deed that goes on after a person proved who they are. */
"use strict";

const options = () => JSON.parse(document.getElementById("key-options").textContent);

/* <form data-key="create|get"> asks the key first; its answer goes into the hidden field and the form is sent. */
document.querySelectorAll("form[data-key]").forEach((form) => {
  const trouble = form.querySelector("[data-key-trouble]");
  const tell = (sentence) => {
    trouble.textContent = sentence;
    trouble.hidden = false;
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!window.PublicKeyCredential) {
      tell("这个浏览器或网址不支持安全密钥：须用 https:// 网址和较新的浏览器。请改用手机验证器。");
      return;
    }
    try {
      const answer = await window.webauthnJSON[form.dataset.key](options());
      form.elements.credential.value = JSON.stringify(answer);
      form.submit();
    } catch (problem) {
      tell(problem.name === "InvalidStateError" ? "这个安全密钥已经登记过。" : "没有完成：操作已取消、超时，或密钥不属于本账号。请重试。");
    }
  });
});

document.querySelector("form[data-go-on]")?.requestSubmit();
