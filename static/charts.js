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
const drawn = new Map();

function option({ unit, months, lines }) {
  const decimals = unit === "万元" ? 2 : 0;
  const written = (value) =>
    value === null || value === undefined ? "不详" : value.toLocaleString("zh-CN", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 8, right: 14, top: 30, bottom: 4, containLabel: true },
    legend: { top: 0, right: 6, itemWidth: 14, itemHeight: 8, icon: "roundRect", textStyle: { fontSize: 12, color: INK.text } },
    // richText: a tooltip of HTML carries inline styles, which the Content-Security-Policy refuses.
    tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: written, confine: true },
    xAxis: { type: "category", data: months, axisLabel: { fontSize: 11, color: INK.axis }, axisTick: { show: false }, axisLine: { lineStyle: { color: INK.line } } },
    yAxis: { type: "value", axisLabel: { fontSize: 11, color: INK.axis }, splitNumber: 4, splitLine: { lineStyle: { color: INK.grid } } },
    series: lines.map(({ name, form, points }) => {
      const alone = (place) => points[place] !== null && (points[place - 1] ?? null) === null && (points[place + 1] ?? null) === null;
      return {
        name,
        ...FORMS[form],
        data: points.map((value, place) => (alone(place) ? { value, symbol: "circle", symbolSize: 4 } : value)),
        symbol: "none",
        connectNulls: false,
      };
    }),
  };
}

/* ["2023-01", "2023-02", "2023-06"] → [["2023-01", "2023-02"], ["2023-06", "2023-06"]] */
function runs(marked, months) {
  const found = [];
  months.forEach((month, place) => {
    if (!marked.includes(month)) return;
    if (place && marked.includes(months[place - 1]) && found.length) found.at(-1)[1] = month;
    else found.push([month, month]);
  });
  return found;
}

function shade() {
  const marks = JSON.parse(document.querySelector("[data-marks]")?.dataset.marks ?? "{}");
  drawn.forEach(({ chart, plan }) => {
    // Bars shade the whole month; between two points of a line a single month would be no area.
    const data = runs(marks[plan.feed] ?? [], plan.months).map(([first, last]) => [{ xAxis: first }, { xAxis: last }]);
    const series = plan.lines.map(() => ({}));
    series[series.length - 1] = { markArea: { silent: true, itemStyle: { color: INK.mark }, data } };
    chart.setOption({ series });
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
