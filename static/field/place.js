/* Where the phone is, and how far that can be trusted: a fix older than a minute or worse than 100 m is said. */
const WORST_METRES = 100, OLDEST_MS = 60e3;

/* "37.513000,122.120000,18,2023-11-20T06:02:00.000Z"; rejects with a sentence. */
export function find() {
  return new Promise((done, fail) => {
    if (!navigator.geolocation) return fail(new Error("这部手机的浏览器不能定位。"));
    navigator.geolocation.getCurrentPosition(
      ({ coords, timestamp }) => done([coords.latitude.toFixed(6), coords.longitude.toFixed(6), Math.round(coords.accuracy), new Date(timestamp).toISOString()].join(",")),
      ({ code }) => fail(new Error(code === 1 ? "没有定位权限，可在手机设置中允许；不定位也能保存。" : "没有取得定位，可到室外或窗边再试；不定位也能保存。")),
      { enableHighAccuracy: true, maximumAge: 0, timeout: 20e3 },
    );
  });
}

export function read(text) {
  const [latitude, longitude, accuracy, at] = text.split(",");
  return { latitude: +latitude, longitude: +longitude, accuracy: +accuracy, at: new Date(at) };
}

/* { sentence, doubt } on a fix, as it is now. */
export function told(text, now = Date.now()) {
  const fix = read(text), age = now - fix.at, doubts = [];
  if (fix.accuracy > WORST_METRES) doubts.push(`误差超过 ${WORST_METRES} 米`);
  if (age > OLDEST_MS) doubts.push(`定位已过 ${Math.round(age / 60e3)} 分钟`);
  const clock = fix.at.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
  return { sentence: `${clock} 定位，误差 ${fix.accuracy} 米`, doubt: doubts.length ? `${doubts.join("，")}，建议重新定位。` : "" };
}

/* Metres between two places on the ground. */
export function metres(one, other) {
  const radians = Math.PI / 180, mean = ((one.latitude + other.latitude) / 2) * radians;
  const north = (one.latitude - other.latitude) * radians, east = (one.longitude - other.longitude) * radians * Math.cos(mean);
  return 6371e3 * Math.hypot(north, east);
}
