/* The code of a printed visit sheet, by the camera: by the browser's own reader where it has one, else by the package qr. */
const EVERY_MS = 150;

/* The short code of what the camera sees in `video`, or null when `stop` was called. Rejects with a sentence. */
export function scan(video) {
  let stopped = false;
  const found = (async () => {
    const read = await reader();
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      throw new Error("不能打开摄像头，请允许使用摄像头，或者输入走访单上的编号。");
    }
    try {
      video.srcObject = stream;
      await video.play();
      while (!stopped) {
        const text = await read(video);
        if (text) return codeIn(text);
        await new Promise((done) => setTimeout(done, EVERY_MS));
      }
      return null;
    } finally {
      stream.getTracks().forEach((track) => track.stop());
      video.srcObject = null;
    }
  })();
  return { found, stop: () => (stopped = true) };
}

/* Of the address in the QR code, what follows #go/; else the text as it is. */
export const codeIn = (text) => text.split("#go/").pop().trim();

async function reader() {
  const kinds = (await self.BarcodeDetector?.getSupportedFormats?.()) ?? [];
  if (kinds.includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue;
  }
  const { decodeQR } = await import("../vendor/qr/decode.js"); // kept with the app, loaded when somebody scans
  const canvas = document.createElement("canvas"), brush = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    if (!video.videoWidth) return null;
    const scale = Math.min(1, 640 / video.videoWidth);
    canvas.width = video.videoWidth * scale;
    canvas.height = video.videoHeight * scale;
    brush.drawImage(video, 0, 0, canvas.width, canvas.height);
    return readable(() => decodeQR(brush.getImageData(0, 0, canvas.width, canvas.height)));
  };
}

/* Most pictures of a moving hand hold no code that can be read: that is no error. */
function readable(decode) {
  try {
    return decode();
  } catch {
    return null;
  }
}
