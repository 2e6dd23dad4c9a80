// data_visualization as an SVG of our own: slack-blocks-to-jsx lets a year of months overlap, bends lines beyond their
// points, and speaks English only.

import { useId, useState, type ReactNode } from "react";
import { useLocale, useWords } from "../words";

type Point = { label: string; value: number };
type Series = { name: string; data: Point[] };
export type ChartBlock = {
  title: string;
  chart: {
    type: "line" | "bar" | "area" | "pie";
    series?: Series[];
    segments?: Point[];
    axis_config?: { categories?: string[]; x_label?: string; y_label?: string };
  };
};

const WIDTH = 640;
const HEIGHT = 260;
const TOP = 14;
const BOTTOM = 30;
const RIGHT = 14;
const LETTER = 6.6;

export function Chart({ block }: { block: ChartBlock }) {
  const words = useWords();
  const [isTable, setTable] = useState(false);
  const title = useId();
  const { type, series = [], segments = [], axis_config: axis = {} } = block.chart;
  const rows: Series[] = type === "pie" ? [{ name: "", data: segments }] : series;
  const names = type === "pie" ? segments.map(({ label }) => label) : series.map(({ name }) => name);
  return (
    <figure className="chart" aria-labelledby={title}>
      <figcaption id={title}>
        {block.title}
        {axis.y_label && <span className="hint"> {axis.y_label}</span>}
        <button type="button" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
          {isTable ? words.asChart : words.asTable}
        </button>
      </figcaption>
      {isTable ? <Figures rows={rows} labelledBy={title} /> : type === "pie" ? <Pie segments={segments} title={block.title} /> : <Plot block={block} />}
      {!isTable && names.length > 1 && (
        <ul className="legend">
          {names.map((name, index) => (
            <li key={name}>
              <span className={`swatch series-${index % 6}`} aria-hidden="true" />
              {name}
            </li>
          ))}
        </ul>
      )}
    </figure>
  );
}

function useNumber() {
  const locale = useLocale();
  return (value: number) => new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(value);
}

function Figures({ rows, labelledBy }: { rows: Series[]; labelledBy: string }) {
  const number = useNumber();
  return (
    <div className="scroll" tabIndex={0} role="group" aria-labelledby={labelledBy}>
      <table aria-labelledby={labelledBy}>
        <thead>
          <tr>
            <td />
            {rows.map(({ name }) => (
              <th key={name} scope="col" className="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows[0]?.data.map(({ label }, index) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              {rows.map(({ name, data }) => (
                <td key={name} className="number">
                  {number(data[index]?.value ?? 0)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Plot({ block: { title, chart } }: { block: ChartBlock }) {
  const number = useNumber();
  const { type, series = [], axis_config: axis = {} } = chart;
  const categories = axis.categories ?? series[0]?.data.map(({ label }) => label) ?? [];
  const values = series.flatMap(({ data }) => data.map(({ value }) => value));
  // Bars and areas are read by their height: they start at zero.
  const ticks = scale(Math.min(...values, ...(type === "line" ? [] : [0])), Math.max(...values));
  const [low = 0, high = 1] = [ticks[0], ticks.at(-1)];
  const left = 12 + Math.max(...ticks.map((tick) => number(tick).length)) * LETTER;
  const band = (WIDTH - left - RIGHT) / categories.length;
  const x = (index: number) => left + band * (index + 0.5);
  const y = (value: number) => TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const longest = Math.max(...categories.map((category) => category.length)) * LETTER + 10;
  const every = Math.max(Math.ceil(longest / band), 1);
  // The last one is always named, as it is what most people look for.
  const isNamed = (index: number) => (categories.length - 1 - index) % every === 0;

  const drawn = series.map((one, index) => {
    const points = one.data.map(({ value }, at) => `${x(at)},${y(value)}`);
    const colour = `series-${index % 6}`;
    if (type === "bar") return <Bars key={one.name} {...{ one, index, of: series.length, band, left, y, colour, number }} />;
    return (
      <g key={one.name} className={colour}>
        {type === "area" && <path className="area" d={`M${x(0)},${y(low)}L${points.join("L")}L${x(one.data.length - 1)},${y(low)}Z`} />}
        <path className={`line ${isFlat(one) ? "flat" : ""}`} d={`M${points.join("L")}`} />
        {!isFlat(one) &&
          one.data.map(({ label, value }, at) => (
            <circle key={label} cx={x(at)} cy={y(value)} r="3.5">
              <title>{`${label} · ${one.name}: ${number(value)}`}</title>
            </circle>
          ))}
      </g>
    );
  });
  return (
    <Picture title={title} described={series.map(({ name, data }) => `${name}: ${data.map(({ label, value }) => `${label} ${number(value)}`).join(", ")}`)}>
      {ticks.map((tick) => (
        <g key={tick} className="tick">
          <line x1={left} x2={WIDTH - RIGHT} y1={y(tick)} y2={y(tick)} />
          <text x={left - 8} y={y(tick) + 4} textAnchor="end">
            {number(tick)}
          </text>
        </g>
      ))}
      {categories.map((category, index) => isNamed(index) && <CategoryName key={category} at={x(index)} words={category} />)}
      {drawn}
    </Picture>
  );
}

function CategoryName({ at, words }: { at: number; words: string }) {
  // At the edges a name is moved inwards rather than cut.
  const half = (words.length * LETTER) / 2;
  return (
    <text className="category" x={Math.min(Math.max(at, half), WIDTH - half)} y={HEIGHT - 8} textAnchor="middle">
      {words}
    </text>
  );
}

type BarsProps = {
  one: Series;
  index: number;
  of: number;
  band: number;
  left: number;
  y: (value: number) => number;
  colour: string;
  number: (value: number) => string;
};

function Bars({ one, index, of, band, left, y, colour, number }: BarsProps) {
  const gap = Math.min(band * 0.3, 40);
  const width = Math.min((band - gap) / of, 46);
  const first = left + (band - width * of) / 2 + width * index;
  return (
    <g className={colour}>
      {one.data.map(({ label, value }, at) => {
        const top = Math.min(y(value), y(0));
        return (
          <rect key={label} className="bar" x={first + band * at + 1} y={top} width={width - 2} height={Math.abs(y(value) - y(0))} rx="3">
            <title>{`${label} · ${one.name}: ${number(value)}`}</title>
          </rect>
        );
      })}
    </g>
  );
}

function Pie({ segments, title }: { segments: Point[]; title: string }) {
  const locale = useLocale();
  const share = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
  const whole = segments.reduce((sum, { value }) => sum + value, 0) || 1;
  const radius = HEIGHT / 2 - 14;
  let turned = 0;
  const point = (part: number) => {
    const angle = part * 2 * Math.PI - Math.PI / 2;
    return `${WIDTH / 2 + radius * Math.cos(angle)},${HEIGHT / 2 + radius * Math.sin(angle)}`;
  };
  return (
    <Picture title={title} described={segments.map(({ label, value }) => `${label} ${share.format(value / whole)}`)}>
      {segments.map(({ label, value }, index) => {
        const from = turned / whole;
        turned += value;
        const to = Math.min(turned / whole, from + 0.99999);
        return (
          <path key={label} className={`slice series-${index % 6}`} d={`M${WIDTH / 2},${HEIGHT / 2}L${point(from)}A${radius},${radius},0,${to - from > 0.5 ? 1 : 0},1,${point(to)}Z`}>
            <title>{`${label}: ${share.format(value / whole)}`}</title>
          </path>
        );
      })}
    </Picture>
  );
}

function Picture({ title, described, children }: { title: string; described: string[]; children: ReactNode }) {
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${title}. ${described.join(". ")}`}>
      {children}
    </svg>
  );
}

/** A target: the same everywhere. */
const isFlat = ({ data }: Series) => data.length > 1 && data.every(({ value }) => value === data[0]?.value);

/** Return some four round numbers from below the lowest to above the highest. */
function scale(lowest: number, highest: number): number[] {
  const span = highest - lowest || Math.abs(highest) || 1;
  const rough = span / 4;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * magnitude).find((one) => one >= rough) ?? rough;
  const first = Math.floor(lowest / step);
  const last = Math.max(Math.ceil(highest / step), first + 1);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}
