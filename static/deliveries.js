/* Handing in files: chosen or dropped, looked at here, sent one after another, each with its own progress and cancel.
   One after another and in the order of their names, because the register must be stored before what speaks of it.
   Without script the same form sends all files at once. */
"use strict";

const MEGABYTE = 2 ** 20;

class Sending {
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("input[type=file]");
    this.lines = form.querySelector("[data-lines]");
    this.news = form.querySelector("[data-news]");
    this.button = form.querySelector("[data-send]");
    this.blank = document.getElementById("a-line").content.firstElementChild;
    this.waiting = []; // {file, line}, in the order in which they will be sent
    this.listen();
  }

  listen() {
    const drop = this.form.querySelector("[data-drop]");
    drop.classList.add("scripted");
    const label = drop.querySelector("[data-pick]");
    label.className = "btn";
    label.textContent = "选择表格文件";
    drop.querySelectorAll("[data-with-script]").forEach((words) => (words.hidden = false));
    this.input.required = false;
    this.input.addEventListener("change", () => {
      this.choose(this.input.files);
      this.input.value = "";
    });
    ["dragenter", "dragover"].forEach((name) =>
      drop.addEventListener(name, (event) => {
        event.preventDefault();
        drop.classList.add("over");
      }),
    );
    ["dragleave", "drop"].forEach((name) => drop.addEventListener(name, () => drop.classList.remove("over")));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      this.choose(event.dataTransfer.files);
    });
    // A file let go beside the box would take the browser away from the page.
    ["dragover", "drop"].forEach((name) => document.addEventListener(name, (event) => event.preventDefault()));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    document.addEventListener("htmx:afterSwap", (event) => this.announce(event.detail.elt));
    window.addEventListener("beforeunload", (event) => {
      if (this.form.querySelector("[data-state=chosen], [data-state=sending]")) event.preventDefault();
    });
  }

  choose(files) {
    const byName = [...files].sort((one, other) => one.name.localeCompare(other.name, "zh", { numeric: true }));
    for (const file of byName) {
      if (this.waiting.some((other) => same(other.file, file))) continue;
      const line = this.blank.cloneNode(true);
      line.querySelector(".line-name").textContent = file.name;
      line.querySelector(".line-size").textContent = sizeInWords(file.size);
      this.lines.append(line);
      const refusal = this.refusalOf(file);
      if (refusal) {
        this.turnAway(line, file, refusal);
      } else {
        this.waiting.push({ file, line });
        this.button_of(line, "移除", () => this.remove(file, line));
      }
    }
    this.count();
  }

  refusalOf(file) {
    const endings = this.form.dataset.endings.split(",");
    if (file.size === 0) return "文件是空的，没有收下。请检查来源部门导出的文件。";
    if (file.size > Number(this.form.dataset.largest)) {
      return `文件超过 ${this.form.dataset.largestInWords}，没有收下。请按月份拆分后分几次交来。`;
    }
    if (!endings.some((ending) => file.name.toLowerCase().endsWith(ending))) {
      return "只能读取 CSV、TXT、XLSX、XLS 表格，没有收下。请用 Excel 或 WPS 打开，另存为 XLSX 或 CSV；压缩包请先解压。";
    }
    return "";
  }

  remove(file, line) {
    this.waiting = this.waiting.filter((other) => other.line !== line);
    line.remove();
    this.count();
    this.input.focus();
  }

  count() {
    const many = this.waiting.length;
    this.button.lastChild.textContent = many ? `上传 ${many} 份` : "上传";
  }

  async send() {
    if (this.sending) return;
    if (!this.waiting.length) {
      this.input.focus();
      this.say("请先选择文件。");
      this.input.click();
      return;
    }
    this.sending = true;
    this.button.disabled = true;
    while (this.waiting.length) {
      const { file, line } = this.waiting.shift();
      await this.sendOne(file, line);
    }
    this.sending = false;
    this.button.disabled = false;
    this.count();
  }

  sendOne(file, line) {
    const body = new FormData();
    body.append("department", this.form.elements.department.value);
    body.append("files", file);
    const request = new XMLHttpRequest();
    const bar = line.querySelector("progress");
    const word = line.querySelector(".line-word");
    line.dataset.state = "sending";
    bar.hidden = false;
    bar.setAttribute("aria-label", `${file.name} 上传进度`);
    word.textContent = "正在上传";
    this.button_of(line, "取消", () => request.abort());
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = Math.floor((100 * event.loaded) / event.total);
      word.textContent = event.loaded < event.total ? `正在上传 ${bar.value}%` : "已上传，正在登记";
    });
    return new Promise((settled) => {
      request.addEventListener("load", () => settled(this.answered(request, file, line)));
      request.addEventListener("error", () => settled(this.broken(file, line, "网络中断，没有收到这份文件。")));
      request.addEventListener("abort", () => settled(this.broken(file, line, "已取消，没有收下。")));
      request.open("POST", this.form.action);
      request.setRequestHeader("X-CSRFToken", this.form.elements.csrfmiddlewaretoken.value);
      request.setRequestHeader("HX-Request", "true"); // asks for the file's line instead of a page
      request.send(body);
    });
  }

  answered(request, file, line) {
    const part = part_of(request);
    if (part) {
      line.replaceWith(part);
      window.htmx?.process(part);
      this.say(`${file.name} ${part.querySelector(".mark")?.textContent ?? "已收到"}`);
    } else if (request.status === 413) {
      this.turnAway(line, file, `文件超过 ${this.form.dataset.largestInWords}，没有收下。请按月份拆分后分几次交来。`);
    } else if (request.status === 403) {
      this.broken(file, line, "页面停留过久或没有权限，没有收下。请刷新页面后重试。");
    } else if (request.status >= 500) {
      this.broken(file, line, "接收时发生错误，没有收下，请稍后重试。");
    } else {
      this.broken(file, line, "登录已过期，没有收下。请在新窗口重新登录后重试。");
    }
  }

  broken(file, line, sentence) {
    line.dataset.state = "broken";
    line.querySelector("progress").hidden = true;
    line.querySelector(".line-word").textContent = sentence;
    this.button_of(line, "重新上传", () => {
      line.dataset.state = "chosen";
      line.querySelector(".line-word").textContent = "";
      this.waiting.push({ file, line });
      this.send();
    });
    this.say(`${file.name} ${sentence}`);
  }

  turnAway(line, file, sentence) {
    line.dataset.state = "turned-away";
    line.querySelector("progress").hidden = true;
    line.querySelector(".line-word").textContent = sentence;
    this.button_of(line, "知道了", () => line.remove());
    this.say(`${file.name} ${sentence}`);
  }

  button_of(line, words, deed) {
    const old = line.querySelector("button");
    const button = old.cloneNode();
    button.textContent = words;
    button.setAttribute("aria-label", `${words} ${line.querySelector(".line-name").textContent}`);
    button.addEventListener("click", deed);
    old.replaceWith(button);
  }

  announce(line) {
    // htmx asks for a line each second while it is at work; only its end is worth saying aloud.
    const now = document.getElementById(line?.id);
    if (now?.matches(".line") && !now.hasAttribute("hx-get")) this.say(now.textContent.replace(/\s+/g, " ").trim());
  }

  say(sentence) {
    this.news.textContent = sentence;
  }
}

function part_of(request) {
  if (request.status !== 201 && request.status !== 422) return null;
  const box = document.createElement("template");
  box.innerHTML = request.responseText.trim();
  return box.content.querySelector("li.line");
}

function same(one, other) {
  return one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
}

function sizeInWords(size) {
  return size >= MEGABYTE ? `${(size / MEGABYTE).toFixed(1)} MB` : `${Math.max(1, Math.round(size / 1024))} KB`;
}

document.querySelectorAll("form[data-deliver]").forEach((form) => new Sending(form));
