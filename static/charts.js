/* The feeds of an enterprise, drawn by ECharts from the JSON beside each [data-chart]. Unknown months are gaps.
   When the section with the score arrives, the months that its reasons name are shaded ([data-marks]). */
"use strict";

const INK = { text: "#4a5560", axis: "#5b6673", line: "#cfd6de", grid: "#eef1f5", mark: "rgba(198, 40, 40, 0.09)" };
const FORMS = {
  shadow: { type: "line", color: "#b9c2cc", lineStyle: { width: 1.5 }, z: 1 },
  dashed: { type: "line", color: "#7b8794", lineStyle: { type: "dashed", width: 1.5 } },
  line: { type: "line", color: "#1d56a5", lineStyle: { width: 2 }, z: 3 },
  back: { type: "bar", color: "#d3dae3", barGap: "-100%" },
  bar: { type: "bar", color: "#1d56a5" },
  late: { type: "bar", color: "#c62828" },
};
const SHADE = "shade";
const drawn = new Map();

/* Columns as wide as a month on axes of their own: a single marked month is seen as well as a run of them. */
const shadeOf = () => ({ id: SHADE, type: "bar", xAxisIndex: 1, yAxisIndex: 1, barWidth: "100%", color: INK.mark, silent: true, z: 0, data: [] });

function option({ unit, months, lines }) {
  const decimals = unit === "万元" ? 2 : 0;
  const written = (value) =>
    value === null || value === undefined ? "不详" : value.toLocaleString("zh-CN", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 54, right: 12, top: 30, bottom: 22 },
    legend: { data: lines.map(({ name }) => name), top: 0, right: 6, itemWidth: 14, itemHeight: 8, icon: "roundRect", textStyle: { fontSize: 12, color: INK.text } },
    // richText: a tooltip of HTML carries inline styles, which the Content-Security-Policy refuses.
    tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: written, confine: true },
    xAxis: [
      { type: "category", data: months, axisLabel: { fontSize: 11, color: INK.axis }, axisTick: { show: false }, axisLine: { lineStyle: { color: INK.line } } },
      { type: "category", data: months, show: false, axisPointer: { show: false, triggerTooltip: false } },
    ],
    yAxis: [
      { type: "value", axisLabel: { fontSize: 11, color: INK.axis }, splitNumber: 4, splitLine: { lineStyle: { color: INK.grid } } },
      { type: "value", show: false, min: 0, max: 1 },
    ],
    series: [shadeOf(), ...lines.map(({ name, form, points }) => {
      const alone = (place) => points[place] !== null && (points[place - 1] ?? null) === null && (points[place + 1] ?? null) === null;
      return {
        name,
        ...FORMS[form],
        data: points.map((value, place) => (alone(place) ? { value, symbol: "circle", symbolSize: 4 } : value)),
        symbol: "none",
        connectNulls: false,
      };
    })],
  };
}

function shade() {
  const marks = JSON.parse(document.querySelector("[data-marks]")?.dataset.marks ?? "{}");
  drawn.forEach(({ chart, plan }) => {
    const marked = new Set(marks[plan.feed] ?? []);
    chart.setOption({ series: [{ id: SHADE, data: plan.months.map((month) => (marked.has(month) ? 1 : null)) }] });
  });
}

function draw() {
  document.querySelectorAll("[data-chart]").forEach((box) => {
    if (drawn.has(box)) return;
    const plan = JSON.parse(document.getElementById(box.dataset.chart).textContent);
    const chart = echarts.init(box);
    chart.setOption(option(plan));
    drawn.set(box, { chart, plan });
    new ResizeObserver(() => chart.resize()).observe(box);
  });
  shade();
}

document.addEventListener("DOMContentLoaded", draw);
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.querySelector?.("[data-marks]") || event.target.matches?.("[data-marks]")) shade();
});
