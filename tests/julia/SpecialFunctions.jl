"""
What exported code takes from the package SpecialFunctions, for a Julia that does not have it.

`erf`, `erfc`, `gamma` and `logabsgamma` are those of the C library that Julia brings, as the
package's own are, and raise where those do. `digamma` and `polygamma` are shifted to where their
asymptotic series holds. Numbers of them are good to 1e-13, near zeros of the function to that times
the largest term.
"""
module SpecialFunctions

export erf, erfc, gamma, logabsgamma, digamma, polygamma

const libm = Base.Math.libm
const BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
const FAR = 24.0

erf(x::Float64) = ccall((:erf, libm), Float64, (Float64,), x)
erfc(x::Float64) = ccall((:erfc, libm), Float64, (Float64,), x)

function gamma(x::Float64)
    y = ccall((:tgamma, libm), Float64, (Float64,), x)
    isnan(y) && !isnan(x) && throw(DomainError(x, "a pole"))
    return y
end

function logabsgamma(x::Float64)
    sign = Ref{Int32}()
    y = ccall((:lgamma_r, libm), Float64, (Float64, Ref{Int32}), x, sign)
    return y, Int(sign[])
end

function digamma(x::Float64)
    isfinite(x) || return x > 0 ? Inf : NaN
    total = 0.0
    while x < FAR
        x > -1000 || return NaN
        total -= 1 / x
        x += 1
    end
    total += log(x) - 1 / 2x
    for (k, b) in enumerate(BERNOULLI)
        total -= b / (2k * x^2k)
    end
    return total
end

function polygamma(n::Int, x::Float64)
    n == 0 && return digamma(x)
    isfinite(x) || return x > 0 ? 0.0 : NaN
    total, m = 0.0, Float64(n)
    while x < FAR + m
        x > -1000 || return NaN
        total += 1 / x^(n + 1)
        x += 1
    end
    total += 1 / (m * x^m) + 1 / 2x^(n + 1)
    for (k, b) in enumerate(BERNOULLI)
        rising = prod(m + j for j in 1:2k-1) / prod(1.0:2k)
        total += b * rising / x^(n + 2k)
    end
    return (isodd(n) ? 1 : -1) * prod(1.0:m) * total
end

end
