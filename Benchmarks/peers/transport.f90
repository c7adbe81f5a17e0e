! Riemann solvers of q_t + (u q)_x + (v q)_y = 0 for PyClaw: f-waves, differences of the flux, which move with the velocity of the face.
! aux holds u and v at the cells' centres, then at their lower faces.
subroutine rpn2(ixy, maxm, meqn, mwaves, maux, mbc, mx, ql, qr, auxl, auxr, wave, s, amdq, apdq)
    implicit none
    integer, intent(in) :: ixy, maxm, meqn, mwaves, maux, mbc, mx
    real(8), dimension(meqn, 1-mbc:maxm+mbc), intent(in) :: ql, qr
    real(8), dimension(maux, 1-mbc:maxm+mbc), intent(in) :: auxl, auxr
    real(8), intent(out) :: wave(meqn, mwaves, 1-mbc:maxm+mbc), s(mwaves, 1-mbc:maxm+mbc)
    real(8), dimension(meqn, 1-mbc:maxm+mbc), intent(out) :: amdq, apdq
    integer :: i
    do i = 2 - mbc, mx + mbc
        wave(1, 1, i) = auxl(ixy, i) * ql(1, i) - auxr(ixy, i-1) * qr(1, i-1)
        s(1, i) = auxl(ixy + 2, i)
        amdq(1, i) = merge(wave(1, 1, i), 0d0, s(1, i) < 0)
        apdq(1, i) = wave(1, 1, i) - amdq(1, i)
    end do
end subroutine

subroutine rpt2(ixy, imp, maxm, meqn, mwaves, maux, mbc, mx, ql, qr, aux1, aux2, aux3, asdq, bmasdq, bpasdq)
    implicit none
    integer, intent(in) :: ixy, imp, maxm, meqn, mwaves, maux, mbc, mx
    real(8), dimension(meqn, 1-mbc:maxm+mbc), intent(in) :: ql, qr, asdq
    real(8), dimension(maux, 1-mbc:maxm+mbc), intent(in) :: aux1, aux2, aux3
    real(8), dimension(meqn, 1-mbc:maxm+mbc), intent(out) :: bmasdq, bpasdq
    integer :: i, cell
    do i = 2 - mbc, mx + mbc
        cell = i - 2 + imp
        bmasdq(1, i) = min(aux2(5 - ixy, cell), 0d0) * asdq(1, i)
        bpasdq(1, i) = max(aux3(5 - ixy, cell), 0d0) * asdq(1, i)
    end do
end subroutine
