/* A signature on the screen, by finger, pen or mouse, as a PNG. */
const WIDTH = 3;

/* Lets the person sign on `canvas`; returns { isEmpty, clear, picture }. */
export function pad(canvas) {
  const brush = canvas.getContext("2d");
  let drawn = false, last = null;

  const fit = () => {
    const scale = Math.min(2, devicePixelRatio || 1);
    canvas.width = canvas.clientWidth * scale;
    canvas.height = canvas.clientHeight * scale;
    brush.setTransform(scale, 0, 0, scale, 0, 0);
    brush.fillStyle = "#fff";
    brush.fillRect(0, 0, canvas.width, canvas.height);
    Object.assign(brush, { lineWidth: WIDTH, lineCap: "round", lineJoin: "round", strokeStyle: "#111" });
    drawn = false;
  };
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId);
    last = at(event);
  };
  canvas.onpointermove = (event) => {
    if (!last) return;
    for (const step of event.getCoalescedEvents?.() ?? [event]) {
      const here = at(step);
      brush.beginPath();
      brush.moveTo(...last);
      brush.lineTo(...here);
      brush.stroke();
      last = here;
      drawn = true;
    }
  };
  canvas.onpointerup = canvas.onpointercancel = () => {
    last = null;
  };
  fit();
  return {
    isEmpty: () => !drawn,
    clear: fit,
    picture: () => new Promise((done) => canvas.toBlob(done, "image/png")),
  };
}
