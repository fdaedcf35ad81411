/* Photos as they go to the portal: what the camera noted of time and place is read, then the picture is drawn anew,
   smaller, so that nothing else of what the camera wrote leaves the phone. */
const LONGEST_SIDE = 1600, QUALITY = 0.82;

/* { blob, taken_at, place }: a JPEG; the time as ISO and "latitude,longitude", each "" where the camera noted none. */
export async function shrunk(file) {
  const noted = readExif(await file.slice(0, 256 * 1024).arrayBuffer());
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!blob) throw new Error("照片不能读取，请重新拍照。");
  return { blob, ...noted };
}

/* Time and place from the EXIF of a JPEG (JEITA CP-3451). What is noted wrongly counts as not noted. */
export function readExif(buffer) {
  const nothing = { taken_at: "", place: "" };
  try {
    const view = new DataView(buffer), start = segment(view);
    if (!start) return nothing;
    const little = view.getUint16(start) === 0x4949;
    const file = { view, start, little, short: (at) => view.getUint16(start + at, little), long: (at) => view.getUint32(start + at, little) };
    const first = entries(file, file.long(4));
    const exif = first.has(0x8769) ? entries(file, file.long(first.get(0x8769).at)) : new Map();
    const gps = first.has(0x8825) ? entries(file, file.long(first.get(0x8825).at)) : new Map();
    return { taken_at: time(file, exif), place: place(file, gps) };
  } catch {
    return nothing;
  }
}

/* Where the TIFF header of the EXIF segment begins. */
function segment(view) {
  if (view.getUint16(0) !== 0xffd8) return 0;
  for (let at = 2; view.getUint8(at) === 0xff && view.getUint8(at + 1) !== 0xda; at += 2 + view.getUint16(at + 2))
    if (view.getUint8(at + 1) === 0xe1 && view.getUint32(at + 4) === 0x45786966) return at + 10;
  return 0;
}

const SIZES = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8 };

function entries(file, from) {
  const found = new Map();
  for (let index = 0; index < file.short(from); index += 1) {
    const at = from + 2 + 12 * index, count = file.long(at + 4);
    const far = count * (SIZES[file.short(at + 2)] ?? 1) > 4;
    found.set(file.short(at), { at: far ? file.long(at + 8) : at + 8, count });
  }
  return found;
}

function words(file, entry) {
  if (!entry) return "";
  let text = "";
  for (let index = 0; index < entry.count; index += 1) text += String.fromCharCode(file.view.getUint8(file.start + entry.at + index));
  return text.replace(/\0.*$/, "").trim();
}

function time(file, exif) {
  const parts = words(file, exif.get(0x9003)).match(/^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)$/);
  if (!parts) return "";
  const offset = words(file, exif.get(0x9011)).match(/^[+-]\d\d:\d\d$/)?.[0] ?? "+08:00";
  const iso = `${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}${offset}`;
  return Number.isNaN(Date.parse(iso)) ? "" : iso;
}

function place(file, gps) {
  const degrees = (entry, side, negative) => {
    const part = (index) => file.long(entry.at + 8 * index) / file.long(entry.at + 8 * index + 4);
    const total = part(0) + part(1) / 60 + part(2) / 3600;
    return side === negative ? -total : total;
  };
  if (!gps.has(2) || !gps.has(4)) return "";
  const latitude = degrees(gps.get(2), words(file, gps.get(1)), "S");
  const longitude = degrees(gps.get(4), words(file, gps.get(3)), "W");
  const sound = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && (latitude || longitude);
  return sound ? `${latitude.toFixed(6)},${longitude.toFixed(6)}` : "";
}
