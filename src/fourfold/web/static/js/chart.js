/* <kpi-chart>: reads the points of a trend aloud. Pointer or arrow keys choose a point; its sentence (data-v) goes to
   the <output>, which is a polite live region. The same figures are in the table on the page. */
class KpiChart extends HTMLElement {
  connectedCallback() {
    const says = this.querySelector("output");
    for (const chart of this.querySelectorAll("svg.trend")) {
      const points = [...chart.querySelectorAll("[data-v]")];
      if (!points.length) continue;
      let at = points.length - 1;
      const show = (index) => {
        points[at].classList.remove("is-at");
        at = Math.max(0, Math.min(points.length - 1, index));
        points[at].classList.add("is-at");
        says.textContent = points[at].dataset.v;
      };
      chart.addEventListener("pointermove", (event) => {
        const frame = chart.getBoundingClientRect();
        const x = ((event.clientX - frame.left) / frame.width) * chart.viewBox.baseVal.width;
        const away = points.map((point) => Math.abs(point.cx.baseVal.value - x));
        show(away.indexOf(Math.min(...away)));
      });
      chart.addEventListener("keydown", (event) => {
        const by = { ArrowLeft: -1, ArrowRight: 1, Home: -points.length, End: points.length }[event.key];
        if (by) { event.preventDefault(); show(at + by); }
      });
    }
  }
}
customElements.define("kpi-chart", KpiChart);
